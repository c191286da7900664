// `npm run monitor` as a function: shows the console of boards, and reconnects after unplugging and restarts.

import pc from 'picocolors';
import { parseFlags } from '../flags.ts';
import type { ProcessHost } from '../process.ts';
import { baudOf, portsOf } from './arguments.ts';
import { createLineSplitter, isThrown } from '../console.ts';
import { exitCodeOf } from './exits.ts';
import { monitorHelp } from './help.ts';
import { LIMITS } from './limits.ts';
import { openWire, portLabel } from './openWire.ts';
import { choosePorts, listPorts, type Port } from './ports.ts';
import { until } from './until.ts';
import type { Wire } from './wire.ts';

/** Pause between attempts to open a port that has vanished. */
const RETRY_MS = 1_000;

/** What the monitor needs of its process; tests pass their own. */
export interface MonitorHost extends Pick<ProcessHost, 'write' | 'isTerminal' | 'signal'> {
  listPorts?(): Promise<Port[]>;
  retryMs?: number;
  /** Gives the time of day at the start of each line. */
  now?(): Date;
}

const OPTIONS = { port: { type: 'string', multiple: true }, baud: { type: 'string' } } as const;

interface MonitoredPort {
  path: string;
  baud: number;
  /** Prints a line of the board. */
  say(line: string): void;
  /** Prints a line of the monitor itself. */
  note(text: string): void;
}

/** Reads until the line is gone or the monitor ends; returns why. */
async function read(wire: Wire, { say }: MonitoredPort, signal: AbortSignal): Promise<string> {
  const split = createLineSplitter(say);
  wire.onData((bytes) => split(Buffer.from(bytes).toString('latin1')));
  const stop = () => void wire.close();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const reason = await wire.closed;
  signal.removeEventListener('abort', stop);
  return reason;
}

/** Shows one board until the monitor ends. Only the first opening may fail. */
async function watch(watched: MonitoredPort, host: MonitorHost): Promise<void> {
  const options = { baud: watched.baud, openMs: LIMITS.openMs };
  let wire: Wire | undefined = await openWire(watched.path, options);
  while (!host.signal.aborted) {
    if (wire) {
      watched.note('connected');
      const reason = await read(wire, watched, host.signal);
      if (!host.signal.aborted) watched.note(`${reason}; waiting for it to come back`);
    }
    await until(() => host.signal.aborted, host.retryMs ?? RETRY_MS);
    wire = host.signal.aborted ? undefined : await openWire(watched.path, options).catch(() => undefined);
  }
  await wire?.close();
}

function monitoredPort(path: string, baud: number, host: MonitorHost, label: string): MonitoredPort {
  const colour = pc.createColors(host.isTerminal && !process.env.NO_COLOR);
  const time = () => (host.now?.() ?? new Date()).toTimeString().slice(0, 8);
  const start = () => colour.dim(label ? `${time()} ${label}` : time());
  const coloured = (line: string) => (isThrown(line) ? colour.red(line) : line);
  return {
    path,
    baud,
    say: (line) => host.write(`${start()} ${coloured(line)}\n`),
    note: (text) => host.write(`${start()} ${colour.yellow(`-- ${portLabel(path)}: ${text}`)}\n`),
  };
}

/**
 * Shows the console of boards until the signal.
 * @returns the exit code
 */
export function runMonitor(argv: string[], host: MonitorHost): Promise<number> {
  async function work() {
    const values = parseFlags(argv, OPTIONS);
    if (values.help) {
      host.write(`${monitorHelp()}\n`);
      return 'ok';
    }
    const [ports, baud] = [portsOf(values.port), baudOf(values.baud)];
    const paths = ports.length > 0 ? ports : choosePorts(await (host.listPorts ?? listPorts)(), false);
    const label = (path: string) => (paths.length > 1 ? portLabel(path) : '');
    const failed = new AbortController();
    const watching = { ...host, signal: AbortSignal.any([host.signal, failed.signal]) };
    try {
      await Promise.all(paths.map((path) => watch(monitoredPort(path, baud, host, label(path)), watching)));
    } finally {
      failed.abort(); // one that fails lets go of the others, which keep the process alive
    }
    return 'ok' as const;
  }
  return exitCodeOf('monitor', work, { print: host.write });
}
