// The task watchdog of `E.enableWatchdog`: it resets a chip that has not been kicked in time, whatever the reason.

import type { BoardClock, Wait } from './boardClock.ts';

/** What the watchdog needs of the board. */
interface WatchdogOptions {
  clock: BoardClock;
  /** Resets the chip. */
  onTimeout(): void;
}

/** Creates the watchdog of one boot, not enabled. */
export function createWatchdog({ clock, onTimeout }: WatchdogOptions) {
  let timeoutMs: number | undefined;
  let isAuto = true;
  let kickedMs = 0;
  let timer: Wait | undefined;

  /** Checks again when the timeout could be over, on the world's clock: a blocked interpreter does not stop it. */
  function schedule(): void {
    timer?.end();
    if (timeoutMs === undefined) return;
    timer = clock.after(Math.max(0, kickedMs + timeoutMs - clock.worldMs()), check);
  }

  function check(): void {
    // A chip that waits for events runs its idle loop all the time, and that kicks: only a blocking call prevents it.
    if (isAuto && clock.blockedForMs() === 0) kickedMs = clock.worldMs();
    if (clock.worldMs() - kickedMs >= (timeoutMs as number)) onTimeout();
    else schedule();
  }

  return {
    /** @param seconds rounded to whole seconds on the ESP32 */
    enable(seconds: number, auto: unknown): void {
      timeoutMs = Math.floor((seconds >= 0 ? seconds : 1) + 0.5) * 1000;
      isAuto = auto === undefined || Boolean(auto);
      kickedMs = clock.worldMs();
      schedule();
    },
    /** `E.kickWatchdog()`. @param atMs the end of a block in which the interpreter kicks all the time */
    kick(atMs = clock.worldMs()): void {
      kickedMs = atMs;
    },
    /** The interpreter is about to block for `ms` from now: an automatic watchdog was last kicked just before. */
    beforeBlock(): void {
      if (isAuto) kickedMs = clock.worldMs();
      schedule();
    },
    stop: (): void => timer?.end(),
  };
}

/** The watchdog of one boot. */
export type Watchdog = ReturnType<typeof createWatchdog>;
