// The chip's UART: `Serial1`, and the console on it until the program moves that away.

import { format } from './format.ts';
import type { Events } from './events.ts';

const DEVICE = 'Serial1';

/** What the UART needs of the board. */
interface UartOptions {
  events: Events;
  wake(): void;
  /** Prints a line on the console. */
  print(line: string): void;
  /** Puts bytes on the wire, one char each. */
  transmit(bytes: string): void;
}

/** Creates the UART of one boot, with the console on it. */
export function createUart({ events, wake, print, transmit }: UartOptions) {
  let hasConsole = true;
  let received = '';
  let typed = '';

  function inject(bytes: unknown): void {
    received += String(bytes);
    wake();
  }

  const serial = events.methods({
    setup(): void {},
    write: (...values: unknown[]): void => transmit(values.map(toBytes).join('')),
    print: (value: unknown): void => transmit(format(value)),
    println: (value: unknown): void => transmit(`${format(value)}\r\n`),
    inject,
    setConsole: (): void => setConsole(serial),
  });

  /** `E.setConsole`: each console tells of the other. */
  function setConsole(device: unknown): void {
    const isHere = device === serial || device === DEVICE;
    if (!isHere && device !== null) throw new Error(`Unknown device type ${JSON.stringify(device)}`);
    if (isHere === hasConsole) return;
    if (hasConsole) print('-> null');
    hasConsole = isHere;
    if (hasConsole) print('<- null');
  }

  /** Gives the lines that were typed to the end; Ctrl-C and Ctrl-P are for the line editor. */
  function linesOf(bytes: string): string[] {
    const lines = (typed + bytes).split(/\r\n|\r|\n/);
    typed = lines.pop()!;
    return lines.map((line) => line.replace(/[\x00-\x1f]/g, '')).filter((line) => line !== '');
  }

  return {
    serial,
    setConsole,
    getConsole: (): string | null => (hasConsole ? DEVICE : null),
    hasConsole: (): boolean => hasConsole,
    /** Bytes come over the wire. */
    receive: inject,
    /** One idle turn: hands what has come to the console, which is to run it, or to the listeners. */
    idle(runLine: (line: string) => void): void {
      const bytes = received;
      received = '';
      if (bytes === '') return;
      if (hasConsole) linesOf(bytes).forEach(runLine);
      else events.emit(serial, 'data', bytes);
    },
    /** The program is started anew: the console stays where it is. */
    load(): void {
      typed = '';
    },
  };
}

/** What `write` sends of a value. */
function toBytes(value: unknown): string {
  if (typeof value === 'number') return String.fromCharCode(value & 255);
  if (typeof value === 'object' && value !== null) return Array.from(value as ArrayLike<unknown>, toBytes).join('');
  return String(value);
}

/** The UART of one boot. */
export type Uart = ReturnType<typeof createUart>;
