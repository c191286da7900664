// The parts of the chip that start anew with each boot, connected to each other.

import { createBoardClock } from './boardClock.ts';
import type { BoardParts } from './boardShape.ts';
import { BOARD_NAME } from './chip.ts';
import { createEvents } from './events.ts';
import { createMemory } from './memory.ts';
import { createNet } from './net.ts';
import type { TcpFate } from '../network/accessPoint.ts';
import { createFaults } from '../network/faults.ts';
import { createHardwareRandom, createMathRandom } from './random.ts';
import { createTimerTable } from './timers.ts';
import { createUart } from './uart.ts';
import { createWatchdog } from './watchdog.ts';
import { createWifi } from './wifi.ts';

/** What the parts do to the boot. */
interface MachineOptions {
  parts: BoardParts;
  print(line: string): void;
  /** The watchdog resets the chip. */
  onWatchdog(): void;
  /** Ends the boot with this line on the console. */
  crash(message: string): never;
  /** The station has an address. */
  onAddress(): void;
}

/** Creates the parts of one boot. */
export function createMachine({ parts, print, onWatchdog, crash, onAddress }: MachineOptions) {
  const { faults, totalVariables, hardwareSeed } = parts;
  const clock = createBoardClock(parts);
  const { wake } = clock;
  const events = createEvents(wake);
  const timers = createTimerTable(clock.nowMs);
  const watchdog = createWatchdog({ clock, onTimeout: onWatchdog });
  const sockets = (): number => net.openSockets();
  const memory = createMemory({ total: totalVariables, timers: timers.pending, sockets });

  /** Holds the interpreter for `ms` chip milliseconds. */
  function block(ms: number): void {
    watchdog.beforeBlock();
    clock.block(ms);
  }

  function setCarrier(isUp: boolean, fate: TcpFate = 'alive'): void {
    if (isUp) faults.heal();
    else if (fate === 'dead') faults.drop();
    else faults.stall();
  }

  /** The network sets the time: every timer is that much closer to its end, and late ones fire in a burst. */
  function setClock(seconds: number): void {
    timers.shift(clock.setTime(seconds));
    wake();
  }

  const { leak } = memory;
  const serverFaults = createFaults(parts);
  const wifi = createWifi({ ...parts, ...parts.wifi, events, clock, setCarrier, block, leak, onAddress, serverFaults });
  const { network, isReached } = wifi;
  const net = createNet({ ...parts, events, network, isReached, block, wake, print, serverFaults });
  const uart = createUart({ ...parts, events, wake, print });
  const isRadioOn = wifi.isStationOn;
  return {
    ...{ clock, events, timers, watchdog, memory, block, setClock, wifi, net, uart },
    mathRandom: createMathRandom(),
    hardwareRandom: createHardwareRandom({ seed: hardwareSeed, boardName: BOARD_NAME, isRadioOn, crash }),
  };
}

/** The parts of one boot. */
export type Machine = ReturnType<typeof createMachine>;
