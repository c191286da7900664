// The board's clock and its idle loop: chip time may run faster than the wall's, goes on during a blocking call, and nothing runs in one.

import { wallTime, type TimeSource, type Timer } from '../time/timeSource.ts';

/** Node's longest timer; a longer wait is asked for again. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** A wait for a moment. */
export interface Wait {
  end(): void;
}

/** The time of one board, from power on. */
export interface BoardClock {
  /** Chip milliseconds as the firmware sees them: after a block they have jumped, though the wall has not got there yet. */
  nowMs(): number;
  /** Chip milliseconds as the world sees them. */
  worldMs(): number;
  /** Holds the interpreter for `ms` chip milliseconds: timers and events fire late, after it. */
  block(ms: number): void;
  /** Seconds since 1970, as far as the chip knows. */
  getTime(): number;
  /** Sets that; gives by how many milliseconds it has jumped. */
  setTime(seconds: number): number;
  /** Wall milliseconds until the interpreter is free. */
  blockedForMs(): number;
  /** Asks for an idle turn as soon as the interpreter is free. */
  wake(): void;
  /** Asks for an idle turn at that chip time. */
  wakeAt(dueMs: number): void;
  /** Calls back when so many chip milliseconds have passed for the world, never earlier; a blocked interpreter does not stop it. */
  after(ms: number, callback: () => void): Wait;
  /** What an idle turn does. */
  onTurn: () => void;
  /** Ends all turns. */
  stop(): void;
}

interface BoardClockOptions {
  /** Chip milliseconds per wall millisecond. */
  speed?: number;
  time?: TimeSource;
}

/** Creates the clock of a board, at 0 and running. */
export function createBoardClock({ speed = 1, time = wallTime }: BoardClockOptions = {}): BoardClock {
  const startMs = time.nowMs();
  const release = time.hold();
  let blockedUntilMs = 0;
  let timer: Timer | undefined;
  let timerDueMs = Infinity;
  let stopped = false;
  /** What was set by `setTime`. */
  let offsetMs = 0;

  const worldMs = (): number => (time.nowMs() - startMs) * speed;
  const blockedForMs = (): number => Math.max(0, (blockedUntilMs - worldMs()) / speed);

  function setTime(seconds: number): number {
    const beforeMs = offsetMs;
    offsetMs = seconds * 1000 - clock.nowMs();
    return offsetMs - beforeMs;
  }

  function turn(): void {
    if (stopped) return;
    if (blockedForMs() > 0) return wakeAt(blockedUntilMs);
    clock.onTurn();
  }

  function wake(): void {
    if (stopped) return;
    if (blockedForMs() > 0) wakeAt(blockedUntilMs);
    else time.askForTurn(turn);
  }

  function wakeAt(dueMs: number): void {
    const atMs = Math.max(dueMs, blockedUntilMs);
    if (stopped || atMs >= timerDueMs) return;
    time.clearTimeout(timer);
    timerDueMs = atMs;
    timer = time.setTimeout(onTimer, Math.min(LONGEST_WAIT_MS, Math.max(0, (atMs - worldMs()) / speed)));
  }

  function onTimer(): void {
    timerDueMs = Infinity;
    wake();
  }

  const clock: BoardClock = {
    nowMs: () => Math.max(worldMs(), blockedUntilMs),
    worldMs,
    block(ms) {
      blockedUntilMs = clock.nowMs() + ms;
    },
    getTime: () => (clock.nowMs() + offsetMs) / 1000,
    setTime,
    blockedForMs,
    wake,
    wakeAt,
    after(ms, callback) {
      const dueMs = worldMs() + ms;
      /** A timer of a busy computer is early: our time passes more slowly then. */
      function check(): void {
        const leftMs = dueMs - worldMs();
        if (leftMs > 0) timer = time.setTimeout(check, leftMs / speed);
        else callback();
      }
      let timer = time.setTimeout(check, ms / speed);
      return { end: () => time.clearTimeout(timer) };
    },
    onTurn: () => {},
    stop() {
      stopped = true;
      release();
      time.cancelTurn(turn);
      time.clearTimeout(timer);
    },
  };
  return clock;
}
