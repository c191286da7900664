// The power of a board: it switches boots on and off, and keeps the connections that a stopped chip has left open.

import type { BoardParts, LastWords, ResetCause } from './boardShape.ts';
import { createBoot, type Boot } from './boot.ts';
import type { Connection } from '../network/connection.ts';
import { createPins } from './pins.ts';
import type { Timer } from '../time/timeSource.ts';

/** From reset to the first statement of the firmware, in chip milliseconds. */
const BOOT_MS = 300;

/** The reset causes of the ESP32 (technical reference manual, 31.3): a panic and the task watchdog restart by software. */
const RESET_CODES: Record<ResetCause, number> = { power: 1, reboot: 12, crash: 12, watchdog: 12 };

/** What the power needs of the board. */
interface PowerOptions {
  parts: BoardParts;
  print(line: string): void;
  /** Something may have changed. */
  onTurn(): void;
}

/** Creates a chip without power, and its pins. */
export function createPower({ parts, print, onTurn }: PowerOptions) {
  const { time, speed } = parts;
  const createdMs = time.nowMs();
  const resets: { timeMs: number; cause: ResetCause }[] = [];
  const resetCodes = { ...RESET_CODES };
  const leftOpen = new Set<Connection>();
  const faultsOfNextBoot: ((boot: Boot) => void)[] = [];
  let boot: Boot | undefined;
  let bootedAtMs = 0;
  let starting: Timer | undefined;
  let isOn = false;

  const worldMs = (): number => (time.nowMs() - createdMs) * speed;
  const nowMs = (): number => (boot ? bootedAtMs + boot.machine.clock.nowMs() : worldMs());
  const isPowered = (): boolean => boot !== undefined;
  const wake = (): void => boot?.machine.clock.wake();
  const pins = createPins({ nowMs, worldMs, isPowered, wake });

  function start(cause: ResetCause): void {
    resets.push({ timeMs: worldMs(), cause });
    starting = time.setTimeout(() => {
      bootedAtMs = worldMs();
      boot = createBoot({ parts, pins, bootedAtMs, resetCode: resetCodes[cause], print, onReset: restart, onTurn });
      for (const connection of leftOpen) connection.answerWithReset();
      for (const fault of faultsOfNextBoot.splice(0)) fault(boot);
      boot.program.start();
    }, BOOT_MS / speed);
  }

  function stop(lastWords: LastWords): void {
    time.clearTimeout(starting);
    for (const connection of boot?.end() ?? []) {
      connection.stop(lastWords);
      if (lastWords === 'silent') leftOpen.add(connection);
    }
    boot = undefined;
  }

  function restart(cause: ResetCause): void {
    stop('silent');
    print(`rst: ${cause}`);
    start(cause);
  }

  function off(lastWords: LastWords = 'silent'): void {
    isOn = false;
    stop(lastWords);
    onTurn();
  }

  function on(): void {
    if (isOn) return;
    isOn = true;
    start('power');
  }

  /** Does something to the boot that runs, or else to the next. */
  function onceBooted(fault: (boot: Boot) => void): void {
    if (boot) fault(boot);
    else faultsOfNextBoot.push(fault);
  }

  parts.storage.onPowerCut(() => off());
  return {
    ...{ pins, nowMs, resets, resetCodes, on, off, onceBooted },
    isOn: (): boolean => isOn,
    boot: (): Boot | undefined => boot,
    reset: (): void => (isOn ? restart('reboot') : undefined),
    dispose(): void {
      off('reset');
      for (const connection of leftOpen) connection.destroy();
      leftOpen.clear();
    },
  };
}
