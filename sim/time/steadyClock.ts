// The wall clock without this process's own overload: all boards share one thread, and their time must not pass while it is busy.

/** How often the thread should come around; a thread that comes later is overloaded. */
const HEARTBEAT_MS = 10;

/** From one heartbeat to the next at most so much time passes at full speed... */
const CREDIT_MS = 15;

/** ...and the rest at this rate: slowly, but a program that waits in a loop comes to its end. */
const OVERLOAD_RATE = 0.1;

let totalMs = 0;
let creditMs = 0;
let lastReadMs = performance.now();
let holders = 0;
let heartbeat: NodeJS.Timeout | undefined;

/** Milliseconds since some start; slower than the wall while the thread is overloaded, and at its pace otherwise. */
export function steadyMs(): number {
  const now = performance.now();
  const passed = now - lastReadMs;
  const full = holders > 0 ? Math.min(passed, creditMs) : passed;
  lastReadMs = now;
  creditMs -= full;
  totalMs += full + (passed - full) * OVERLOAD_RATE;
  return totalMs;
}

function beat(): void {
  steadyMs();
  creditMs = CREDIT_MS;
}

/** Keeps the clock accurate while a board is on; returns what ends that. It keeps no process alive. */
export function holdSteadyClock(): () => void {
  if (holders === 0) beat();
  holders += 1;
  heartbeat ??= setInterval(beat, HEARTBEAT_MS).unref();
  return () => {
    steadyMs();
    holders -= 1;
    if (holders > 0) return;
    clearInterval(heartbeat);
    heartbeat = undefined;
  };
}
