// A virtual board in set-up mode, with phones that know the password of its access point, and a broker.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoardOptions } from '../../sim/board/board.ts';
import { createStorage } from '../../sim/board/storage.ts';
import { createBroker } from '../../sim/broker/embedded.ts';
import { createHouse } from '../../sim/house.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { createWaits } from '../support/waits.ts';

/** The set-up program, as it is flashed. */
export const SETUP = readFileSync(new URL('../../dist/setup.js', import.meta.url), 'latin1');

export const AP_PASSWORD = 'correct horse';
/** Chip milliseconds per wall millisecond, unless a test says otherwise. */
const SPEED = 20;
const LIMIT_MS = 20_000;
/** A phone that loses its access point in the middle tries again. */
const IMPATIENT_MS = 2_000;
/** Chip time between looks at the page. */
const LOOK_MS = 3_000;

/** What a browser gets. */
export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** The parts of a request that a test may change. */
export interface Asked {
  method?: string;
  path?: string;
  body?: string;
  headers?: Record<string, string>;
  /** Gives up after so many wall milliseconds. */
  patienceMs?: number;
}

/** Sends a request to a port of the loopback, as a browser on the access point would. */
export function ask(port: number, asked: Asked = {}): Promise<Reply> {
  const { method = 'GET', path = '/', body, headers = {}, patienceMs = LIMIT_MS } = asked;
  return new Promise((resolve, reject) => {
    const form =
      body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
    const all = { host: '192.168.4.1', ...form, ...headers };
    const req = request({ host: '127.0.0.1', port, method, path, headers: all, agent: false }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      res.on('end', () => resolve({ status: res.statusCode!, headers: res.headers, body: text }));
      res.on('error', reject);
    });
    req.on('error', reject);
    req.setTimeout(patienceMs, () => req.destroy(new Error('no answer')));
    req.end(body);
  });
}

/** Encodes the fields of the form. */
export const encodeForm = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

/** Sends bytes, and gives what comes back until the board closes. */
export function sendRaw(port: number, pieces: string[], pauseMs = 0): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.setEncoding('latin1').on('data', (chunk) => (text += chunk));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => resolve(text));
    void (async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(piece, 'latin1');
        await sleep(pauseMs);
      }
    })();
  });
}

/** Options of a bench. */
export interface BenchOptions extends BoardOptions {
  /** Password in `light.ap`; null for no such file. */
  ap?: string | null;
  /** Files beside the program. */
  files?: Record<string, string>;
}

/** Opens a house with a board in it that is not set up, and a broker called `broker`. */
export async function createBench(t: TestContext, { ap = AP_PASSWORD, files = {}, ...options }: BenchOptions = {}) {
  const broker = createBroker();
  await broker.start();
  const { speed = SPEED } = options;
  const house = createHouse({ speed });
  t.after(async () => {
    house.dispose();
    await broker.stop();
  });
  house.hosts.set('broker', `127.0.0.1:${broker.port}`);
  const storage = options.storage ?? createStorage();
  const all = { 'light.setup': SETUP, ...(ap === null ? {} : { 'light.ap': ap }), ...files };
  for (const [name, text] of Object.entries(all)) if (text) storage.install(name, text);
  const board = house.board({ firmware: FIRMWARE, serial: 'a0b1c2d3-00ff', ...options, storage });

  const { until, pass } = createWaits(board, speed);

  /** The page's port, for a phone that joins with this password. */
  async function join(password = AP_PASSWORD): Promise<number> {
    await until(() => board.serverPort(80) !== undefined && board.softAp() !== undefined, 'the access point opens');
    assert.equal(board.softAp()!.password, password, 'the phone gets in');
    return board.serverPort(80)!;
  }

  /** Asks again when the access point is lost meanwhile, or the board has not heard the end of the request in time. */
  async function insist(asked: Asked): Promise<Reply> {
    let seen: Reply | undefined;
    await until(async () => {
      seen = await ask(await join(), { ...asked, patienceMs: IMPATIENT_MS }).catch(() => undefined);
      return seen !== undefined;
    }, 'the page answers');
    return seen!;
  }
  const get = (path = '/'): Promise<Reply> => insist({ path });
  const post = (fields: Record<string, string>, path = '/'): Promise<Reply> =>
    insist({ method: 'POST', path, body: encodeForm(fields) });

  /** Looks at the page until the trial is over. */
  async function result(): Promise<string> {
    let page = '';
    await until(async () => {
      await pass(LOOK_MS);
      page = (await get()).body;
      return !page.includes('<p role=status>Trying');
    }, 'the trial ends');
    return page;
  }

  /** Fills in the form, and gives the page with the result. */
  async function fillIn(fields: Record<string, string>): Promise<string> {
    assert.equal((await post(fields)).status, 303);
    return result();
  }

  return {
    ...{ broker, house, board, storage, until, pass, join, get, post, fillIn, result },
    /** `light.json`, parsed; undefined when there is none. */
    saved: (): Record<string, unknown> | undefined => {
      const text = storage.read('light.json');
      return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
    },
  };
}

/** A board that is not set up. */
export type Bench = Awaited<ReturnType<typeof createBench>>;

/** What a person types who wants the house's network and broker. */
export const RIGHT = { s: 'Home', p: 'secret-password', b: 'broker', l: 'desk' };
