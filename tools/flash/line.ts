// A wire with the package's protocol on it, where every wait has a deadline and ends when the line does.

import { createLineSplitter } from './console.ts';
import type { EspruinoConnection } from './espruino.d.ts';
import { connectEspruino } from './packets.ts';
import { failure } from './exits.ts';
import { openWire } from './openWire.ts';
import type { WireOptions } from './wire.ts';

/** What the board printed lately, for questions that are answered on the console. */
const HEARD_MAX_CHARS = 4_000;

/** An open line to a board. */
export interface Line {
  connection: EspruinoConnection;
  /**
   * Waits for work.
   * @throws Failure lostInTransfer when the time is over or the line is gone
   */
  within<T>(work: Promise<T>, ms: number): Promise<T>;
  /** Waits for a pattern in what the board prints from now on; undefined when it does not come. */
  hear(pattern: RegExp, ms: number): Promise<RegExpExecArray | undefined>;
  /** What was printed since the last `forget`. */
  heard(): string;
  forget(): void;
  /** Calls back with each console line until the returned function is called. */
  onLine(listener: (line: string) => void): () => void;
  /** Pulls the board's reset line, where there is one. */
  reset(): Promise<void>;
  /** Resolves with the reason once the line is gone. */
  closed: Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens a port and puts the protocol on it.
 * @throws Failure noSuchPort, portBusy or noPermission
 */
export async function openLine(path: string, options: WireOptions): Promise<Line> {
  const wire = await openWire(path, options);
  const connection = connectEspruino(wire);
  const onLine = new Set<(line: string) => void>();
  const onText = new Set<() => void>();
  const split = createLineSplitter((line) => onLine.forEach((listener) => listener(line)));
  let heard = '';
  connection.on('data', (text) => {
    heard = (heard + text).slice(-HEARD_MAX_CHARS);
    split(text);
    onText.forEach((listener) => listener());
  });

  async function within<T>(work: Promise<T>, ms: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(failure('lostInTransfer', 'the board stopped answering')), ms);
    });
    const gone = wire.closed.then((reason) => Promise.reject(failure('lostInTransfer', reason)));
    return Promise.race([work, late, gone]).finally(() => clearTimeout(timer));
  }

  async function hear(pattern: RegExp, ms: number): Promise<RegExpExecArray | undefined> {
    let timer: NodeJS.Timeout | undefined;
    let look = () => {};
    const match = new Promise<RegExpExecArray | undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ms);
      look = () => {
        const found = pattern.exec(heard);
        if (found) resolve(found);
      };
    });
    onText.add(look);
    look();
    return within(match, ms + 1_000).finally(() => {
      clearTimeout(timer);
      onText.delete(look);
    });
  }

  return {
    connection,
    within,
    hear,
    heard: () => heard,
    forget: () => void (heard = ''),
    onLine: (listener) => {
      onLine.add(listener);
      return () => void onLine.delete(listener);
    },
    reset: () => wire.reset(),
    closed: wire.closed,
    close: () => wire.close(),
  };
}
