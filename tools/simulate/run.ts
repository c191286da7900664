// Starts the broker and the boards, shows their lamps, and ends all of them.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import pc from 'picocolors';
import { FULL } from '../../page/protocol.ts';
import { DEFAULT_TOPIC } from '../../settings/schema.ts';
import type { VirtualBoard } from '../../sim/board/board.ts';
import { createBroker, type Broker } from '../../sim/broker/embedded.ts';
import { createHouse } from '../../sim/house.ts';
import { placeOf, type Address } from '../flags.ts';
import type { ProcessHost } from '../process.ts';
import { HELP, parseArguments, type SimulateArguments } from './arguments.ts';
import { lampLine } from './lampLine.ts';
import type { TablePage, TablePageOptions } from './page.ts';
import { nameOf } from './table.ts';

type Parts = Pick<TablePageOptions, 'house' | 'firmware' | 'config' | 'broker' | 'address' | 'signal'>;

type Host = Pick<ProcessHost, 'write' | 'signal'>;

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
  return /^(mqtt down|thrown off|wifi down|Uncaught|rst:)/.test(line) ? pc.red(`- ${name}  ${line}`) : undefined;
}

/** Waits until all are connected, at most CONNECT_LIMIT_MS. */
async function untilConnected(boards: VirtualBoard[], signal: AbortSignal): Promise<void> {
  const connected = boards.map((board) => board.waitFor(/^mqtt connected/, CONNECT_LIMIT_MS).catch(() => undefined));
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await Promise.race([Promise.all(connected), aborted]);
}

const commandFor = ({ host, port }: Address, message: string): string =>
  `mosquitto_pub -h ${host} -p ${port} -t ${DEFAULT_TOPIC} -m ${message}`;

function hint(nodes: number, address: Address, url: string | undefined): string {
  return [
    '',
    `${nodes} virtual light${nodes > 1 ? 's' : ''} at ${placeOf(address)}.`,
    ...(url === undefined ? [] : ['See them on a page:', '', `  ${url}`, '']),
    'Try, in another terminal:',
    '',
    `  ${commandFor(address, 'on')}`,
    `  ${commandFor(address, `'{"state":"ON","brightness":80,"transition":2}'`)}`,
    '',
    'Ctrl-C ends everything.',
    '',
    '',
  ].join('\n');
}

/** Opens the page, unless there shall be none. */
async function openPage(options: SimulateArguments, parts: Parts): Promise<TablePage | undefined> {
  if (options.pagePort === undefined) return undefined;
  const { openTablePage } = await import('./page.ts'); // a second of work that nobody waits for in vain
  const { address } = parts;
  return openTablePage({
    ...parts,
    port: options.pagePort,
    brokerName: BROKER_NAME,
    command: commandFor(address, 'on'),
  });
}

async function simulate(options: SimulateArguments, host: Host): Promise<void> {
  const firmware = readFileSync(FIRMWARE, 'latin1');
  const broker = options.broker ? undefined : await startBroker(options.port);
  const address = options.broker ?? { host: '127.0.0.1', port: options.port };
  const house = createHouse();
  house.hosts.set(BROKER_NAME, placeOf(address));
  const { ssid, password } = house.accessPoint;
  const config = { wifi: { ssid, password }, broker: BROKER_NAME };
  let page: TablePage | undefined;
  let commandMs = -Infinity;
  broker?.onPublish(({ topic }) => {
    if (!/\/(state|status|info)$/.test(topic)) commandMs = performance.now();
  });

  function addBoard(): void {
    const board: VirtualBoard = house.board({
      ...{ firmware, config },
      onLine(line) {
        const shown = shownLine(board, line, commandMs);
        if (shown !== undefined) host.write(shown + '\n');
        page?.note(board, line);
      },
    });
    page?.add();
  }

  try {
    page = await openPage(options, { house, firmware, config, broker, address, signal: host.signal });
    for (let number = 0; number < options.nodes; number++) addBoard();
    await untilConnected(house.boards, host.signal);
    host.write(hint(options.nodes, address, page?.url));
    if (!host.signal.aborted) await once(host.signal, 'abort');
  } finally {
    await page?.close();
    house.dispose();
    await broker?.stop();
  }
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
    if (host.signal.aborted) return 0;
    host.write(`simulate: ${(error as Error).message}\n`);
    return 1;
  }
}
