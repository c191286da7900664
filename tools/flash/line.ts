// A wire with the package's protocol on it; every wait has a deadline, and ends when the line does.

import { createLineSplitter } from '../console.ts';
import type { EspruinoConnection } from './espruino.d.ts';
import { connectEspruino } from './packets.ts';
import { failure } from './exits.ts';
import { openWire } from './openWire.ts';
import { until } from './until.ts';
import type { WireOptions } from './wire.ts';

/** Length of the console text that is kept, for answers that come on the console. */
const TEXT_MAX_CHARS = 4_000;

/** An open line to a board. */
export interface Line {
  connection: EspruinoConnection;
  /**
   * Waits for a promise.
   * @throws Failure lostInTransfer when the time is over or the line is gone
   */
  within<T>(work: Promise<T>, ms: number): Promise<T>;
  /**
   * Waits for a pattern in what the board has printed since the last `clearText`; undefined when it does not come.
   * @throws Failure lostInTransfer when the line is gone
   */
  waitForText(pattern: RegExp, ms: number): Promise<RegExpExecArray | undefined>;
  /** Gives what the board has printed since the last `clearText`. */
  text(): string;
  clearText(): void;
  /** Calls back with each console line until the returned function is called. */
  onLine(listener: (line: string) => void): () => void;
  /** Resets the board, where the line can. */
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
  const split = createLineSplitter((line) => onLine.forEach((listener) => listener(line)));
  let text = '';
  let isGone = false;
  void wire.closed.then(() => (isGone = true));
  connection.on('data', (chars) => {
    text = (text + chars).slice(-TEXT_MAX_CHARS);
    split(chars);
  });

  async function within<T>(work: Promise<T>, ms: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(failure('lostInTransfer', 'the board stopped answering')), ms);
    });
    const gone = wire.closed.then((reason) => Promise.reject(failure('lostInTransfer', reason)));
    return Promise.race([work, late, gone]).finally(() => clearTimeout(timer));
  }

  async function waitForText(pattern: RegExp, ms: number): Promise<RegExpExecArray | undefined> {
    await within(
      until(() => isGone || pattern.test(text), ms),
      ms + 1_000,
    );
    return pattern.exec(text) ?? undefined;
  }

  return {
    connection,
    within,
    waitForText,
    text: () => text,
    clearText: () => void (text = ''),
    onLine: (listener) => {
      onLine.add(listener);
      return () => void onLine.delete(listener);
    },
    reset: () => wire.reset(),
    closed: wire.closed,
    close: () => wire.close(),
  };
}
