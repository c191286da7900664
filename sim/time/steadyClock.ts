// The wall clock without this process's own overload: all boards share one thread, and must not find their time gone because it was busy.

/** How often the thread should come around; a thread that comes later is overloaded. */
const HEARTBEAT_MS = 10;

/** From one heartbeat to the next, so much time passes as on the wall... */
const CREDIT_MS = 15;

/** ...and what goes beyond passes at this rate: slowly, but a program that waits in a loop sees its end. */
const OVERLOAD_RATE = 0.1;

let steady = 0;
let creditMs = 0;
let lastLookMs = performance.now();
let holders = 0;
let heartbeat: NodeJS.Timeout | undefined;

/** Milliseconds since some start; slower than the wall while the thread is overloaded, and at its pace otherwise. */
export function steadyMs(): number {
  const now = performance.now();
  const passed = now - lastLookMs;
  const full = holders > 0 ? Math.min(passed, creditMs) : passed;
  lastLookMs = now;
  creditMs -= full;
  steady += full + (passed - full) * OVERLOAD_RATE;
  return steady;
}

function beat(): void {
  steadyMs();
  creditMs = CREDIT_MS;
}

/** Keeps the clock's heart beating while a board is on; gives what lets it go. The heart alone keeps no process alive. */
export function holdSteadyClock(): () => void {
  if (holders === 0) beat();
  holders += 1;
  heartbeat ??= setInterval(beat, HEARTBEAT_MS).unref();
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    steadyMs();
    holders -= 1;
    if (holders > 0) return;
    clearInterval(heartbeat);
    heartbeat = undefined;
  };
}
