// A page to test: its server in this process, with virtual boards and a broker behind it.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Light } from '../../page/protocol.ts';
import { createBroker, type Broker } from '../../sim/broker/embedded.ts';
import { createHouse } from '../../sim/house.ts';
import type { VirtualBoard } from '../../sim/board/board.ts';
import { createDocuments } from '../../tools/page/documents.ts';
import { watchLights } from '../../tools/page/lights.ts';
import { createRollOuts } from '../../tools/page/rollOuts.ts';
import { createPageServer } from '../../tools/page/server.ts';
import { openTablePage } from '../../tools/simulate/page.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { flashedBoard } from '../support/updatable.ts';
import { MASTER_KEY } from '../support/updating.ts';

/** For a busy machine. */
const LIMIT_MS = 20_000;
const POLL_MS = 10;

/** Chip milliseconds per wall millisecond. */
const SPEED = 5;

const WIFI = { ssid: 'Home', password: 'secret-password' };

/** Waits for a condition. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const endMs = performance.now() + LIMIT_MS; !(await condition()); await sleep(POLL_MS))
    assert.ok(performance.now() < endMs, `waited in vain: ${what}`);
}

/** What roll-outs need. */
interface RollOutRig {
  /** The program to send. */
  bundle: string;
  masterKey?: string;
}

/** Ten minutes of a trial are twelve seconds. */
const ROLL_OUT_SPEED = 50;

/** A page of real lights: `boards` are real as far as the page can tell, and take updates where a page sends them. */
export async function createLightsRig(names: string[] = [], rollOut?: RollOutRig) {
  const broker = createBroker();
  const port = await broker.start();
  const house = createHouse({ speed: SPEED });
  house.hosts.set('broker', `127.0.0.1:${port}`);
  const board = (config: { name: string }): VirtualBoard =>
    house.board({ firmware: FIRMWARE, config: { wifi: WIFI, broker: 'broker', ...config } });
  const flashed = (name: string) => flashedBoard(house, { name }, { speed: ROLL_OUT_SPEED });
  const boards = names.map((name) => (rollOut ? flashed(name) : board({ name })));
  await Promise.all(boards.map((each) => each.waitFor(/^mqtt connected/, LIMIT_MS)));
  const documents = createDocuments();
  documents.set('place', { kind: 'lights', broker: `127.0.0.1:${port}` });
  const access = { broker: { host: '127.0.0.1', port }, username: undefined, password: undefined };
  const lights = await watchLights(access, documents);
  const fleet = { ...access, canaries: 1, waitS: 1, masterKey: rollOut?.masterKey ?? MASTER_KEY };
  const rollOuts = rollOut && createRollOuts({ fleet, bundle: rollOut.bundle }, documents);
  const actions = { ...lights.actions, ...rollOuts?.actions };
  const serve = (pagePort: number) => createPageServer({ host: '127.0.0.1', port: pagePort, documents, actions });
  let server = await serve(0);
  const { url } = server;
  return {
    ...{ broker, board, boards, documents, actions, url },
    stopServer: (): Promise<void> => server.close(),
    async startServer(): Promise<void> {
      server = await serve(Number(new URL(url).port));
    },
    /** The document of a light. */
    light: (name: string) => JSON.parse(documents.text(`light/${name}`) ?? 'null') as Light | null,
    async dispose(): Promise<void> {
      await server.close();
      await rollOuts?.close();
      await lights.close();
      house.dispose();
      await broker.stop();
    },
  };
}

/** A page of real lights. */
export type LightsRig = Awaited<ReturnType<typeof createLightsRig>>;

/** A page of a table with two virtual boards. */
export async function createTableRig() {
  const broker: Broker = createBroker();
  const port = await broker.start();
  const house = createHouse({ speed: SPEED });
  house.hosts.set('broker.demo', `127.0.0.1:${port}`);
  const config = { wifi: WIFI, broker: 'broker.demo', keepAliveS: 10 };
  const page = await openTablePage({
    ...{ house, firmware: FIRMWARE, config, broker, brokerName: 'broker.demo', port: 0 },
    ...{ address: { host: '127.0.0.1', port }, command: `mosquitto_pub -p ${port} -t home/bedroom/light -m on` },
  });
  for (let number = 0; number < 2; number++) {
    const board: VirtualBoard = house.board({ firmware: FIRMWARE, config, onLine: (line) => page.note(board, line) });
    page.add();
  }
  await Promise.all(house.boards.map((board) => board.waitFor(/^mqtt connected/, LIMIT_MS)));
  return {
    ...{ broker, house, url: page.url },
    names: house.boards.map(({ serial }) => `light-${serial.replace('-', '')}`),
    duty: (at: number): number => house.boards[at]!.pin('D5').duty(),
    async dispose(): Promise<void> {
      await page.close();
      house.dispose();
      await broker.stop();
    },
  };
}

/** A page of a table. */
export type TableRig = Awaited<ReturnType<typeof createTableRig>>;
