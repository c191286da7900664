// Starts the broker and the boards, shows their lamps, and ends all of them.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import pc from 'picocolors';
import { DEFAULT_TOPIC } from '../../settings/schema.ts';
import { createAccessPoint } from '../../sim/network/accessPoint.ts';
import { createVirtualBoard, type VirtualBoard } from '../../sim/board/board.ts';
import { createBroker, type Broker } from '../../sim/broker/embedded.ts';
import { HELP, parseArguments, type SimulateArguments } from './arguments.ts';
import { FULL, lampLine } from './lampLine.ts';

/** Where the simulation writes, and what ends it. */
export interface Host {
  write(text: string): void;
  signal: AbortSignal;
}

/** A change of the lamp later than this was not caused by the latest message. */
const CAUSE_MS = 1_000;

/** The hint is shown after this time, even when not all lights are connected. */
const CONNECT_LIMIT_MS = 10_000;

/** Host name of the broker in the boards' settings; their network resolves it. */
const BROKER_NAME = 'broker.demo';

const FIRMWARE = new URL('../../dist/firmware.js', import.meta.url);

async function startBroker(port: number): Promise<Broker> {
  const broker = createBroker();
  try {
    await broker.start(port);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') {
      throw new Error(
        `port ${port} is busy: choose another with --port, or use the broker there with --broker 127.0.0.1:${port}`,
      );
    }
    throw new Error(`cannot listen on port ${port} (${code}): choose another with --port`);
  }
  return broker;
}

/** The name that the firmware gives itself on a chip with that serial number. */
const nameOf = (board: VirtualBoard): string => `light-${board.serial.replace('-', '')}`;

/** Turns a console line of a board into a line to show; undefined for most. */
function shownLine(board: VirtualBoard, line: string, lastCommandMs: number): string | undefined {
  const name = nameOf(board);
  const lamp = /^light (on|off)(?: at (\d+))?$/.exec(line);
  if (lamp) {
    const sinceMs = performance.now() - lastCommandMs;
    const brightness = lamp[1] === 'on' ? Number(lamp[2] ?? FULL) : 0;
    return lampLine({ name, brightness, latencyMs: sinceMs < CAUSE_MS ? sinceMs : undefined }, pc);
  }
  const id = /^mqtt connected as (\w+)/.exec(line)?.[1];
  if (id) return pc.green(`+ ${name}  connected, client identifier ${id}`);
  return /^(mqtt down|wifi down|Uncaught|rst:)/.test(line) ? pc.red(`- ${name}  ${line}`) : undefined;
}

function createLight(
  firmware: string,
  target: string,
  onLine: (board: VirtualBoard, line: string) => void,
): VirtualBoard {
  const accessPoint = createAccessPoint();
  const board = createVirtualBoard({
    firmware,
    accessPoint,
    config: { wifi: { ssid: accessPoint.ssid, password: accessPoint.password }, broker: BROKER_NAME },
    hosts: new Map([[BROKER_NAME, target]]),
    onLine: (line) => onLine(board, line),
  });
  return board;
}

/** Waits until all are connected, at most CONNECT_LIMIT_MS. */
async function untilConnected(boards: VirtualBoard[], signal: AbortSignal): Promise<void> {
  const connected = boards.map((board) => board.waitFor(/^mqtt connected/, CONNECT_LIMIT_MS).catch(() => undefined));
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await Promise.race([Promise.all(connected), aborted]);
}

function hint({ nodes, port, broker }: SimulateArguments): string {
  const place = broker ? `-h ${broker.host} -p ${broker.port}` : `-h 127.0.0.1 -p ${port}`;
  return [
    '',
    `${nodes} virtual light${nodes > 1 ? 's' : ''} at ${broker ? broker.host : '127.0.0.1'}:${broker ? broker.port : port}. Try, in another terminal:`,
    '',
    `  mosquitto_pub ${place} -t ${DEFAULT_TOPIC} -m on`,
    `  mosquitto_pub ${place} -t ${DEFAULT_TOPIC} -m '{"state":"ON","brightness":80,"transition":2}'`,
    '',
    'Ctrl-C ends everything.',
    '',
    '',
  ].join('\n');
}

async function simulate(options: SimulateArguments, host: Host): Promise<void> {
  const firmware = readFileSync(FIRMWARE, 'latin1');
  const broker = options.broker ? undefined : await startBroker(options.port);
  const target = options.broker ? `${options.broker.host}:${options.broker.port}` : `127.0.0.1:${options.port}`;
  let commandMs = -Infinity;
  broker?.onPublish(({ topic }) => {
    if (!/\/(state|status|info)$/.test(topic)) commandMs = performance.now();
  });
  const boards = Array.from({ length: options.nodes }, () =>
    createLight(firmware, target, (board, line) => {
      const shown = shownLine(board, line, commandMs);
      if (shown !== undefined) host.write(shown + '\n');
    }),
  );
  for (const board of boards) board.powerOn();
  await untilConnected(boards, host.signal);
  host.write(hint(options));
  if (!host.signal.aborted) await once(host.signal, 'abort');
  for (const board of boards) board.dispose();
  await broker?.stop();
}

/**
 * Runs the simulation until it is aborted.
 * @returns exit code: 0 after Ctrl-C, 1 when it cannot start, 2 for a wrong command line
 */
export async function runSimulation(argv: string[], host: Host): Promise<number> {
  let options: SimulateArguments | undefined;
  try {
    options = parseArguments(argv);
  } catch (error) {
    host.write(`simulate: ${(error as Error).message}\n`);
    return 2;
  }
  if (!options) {
    host.write(HELP);
    return 0;
  }
  try {
    await simulate(options, host);
    return 0;
  } catch (error) {
    host.write(`simulate: ${(error as Error).message}\n`);
    return 1;
  }
}
