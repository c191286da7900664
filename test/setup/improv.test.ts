// Improv Wi-Fi over serial, by the SDK that web pages use, on a pseudo-terminal.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ImprovSerial } from 'improv-wifi-serial-sdk/dist/serial.js';
import { ask, createBench, encodeForm, type BenchOptions } from './rig.ts';
import { NEEDS_SOCAT, openWebSerial, terminalOf, wire } from './terminal.ts';
import { createInterpreterBench } from './interpreterBench.ts';
import { freePort } from '../../sim/broker/daemon.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { LIMITS } from '../../tools/flash/limits.ts';
import { flash } from '../support/flashing.ts';
import { interpreter, NO_INTERPRETER } from '../support/interpreter.ts';

const QUIET = { log: () => {}, error: () => {}, debug: () => {} };
const READY = 2;
const PROVISIONED = 4;

/** Connects the SDK to a board's terminal. */
async function improvOn(t: TestContext, port: object): Promise<ImprovSerial> {
  const improv = new ImprovSerial(port as ConstructorParameters<typeof ImprovSerial>[0], QUIET);
  await improv.initialize(2_000);
  t.after(() => improv.close());
  return improv;
}

async function bench(t: TestContext, options: BenchOptions = {}) {
  const home = await createBench(t, options);
  await home.board.waitFor('set-up mode');
  return { home, improv: await improvOn(t, await openWebSerial(t, await terminalOf(t, home.board))) };
}

test('tells what it is, and lists the networks', NEEDS_SOCAT, async (t) => {
  const { improv, home } = await bench(t);
  assert.equal(improv.state, READY);
  const { name, firmware, chipFamily, version } = improv.info!;
  assert.deepEqual([name, firmware, chipFamily], ['light-a0b1c2d300ff', 'espruino-light-node', 'ESP32']);
  assert.match(version, /^\d+\.\d+\.\d+\+[0-9a-f]{8}$/);
  home.house.accessPoint.neighbours.push({ ssid: 'Caf\xc3\xa9', mac: '2', rssi: -80, authMode: 'open', channel: '1' });
  assert.deepEqual(await improv.scan(), [
    { name: 'Café', rssi: -80, secured: false },
    { name: 'Home', rssi: -58, secured: true },
  ]);
});

test(
  'sets up the Wi-Fi of a board that knows its broker: it restarts, and the light is there',
  NEEDS_SOCAT,
  async (t) => {
    const { improv, home } = await bench(t, { ap: null, config: { broker: 'broker', name: 'desk', wifi: null } });
    await improv.provision('Home', 'secret-password');
    assert.equal(improv.state, PROVISIONED);
    assert.equal(improv.nextUrl, undefined);
    await home.board.waitFor('mqtt connected');
    assert.deepEqual(home.saved(), {
      broker: 'broker',
      name: 'desk',
      wifi: { ssid: 'Home', password: 'secret-password' },
    });
  },
);

test(
  'a wrong password, a network that is not there, one that cannot be: an error each, and nothing is saved',
  NEEDS_SOCAT,
  async (t) => {
    const { improv, home } = await bench(t);
    for (const [ssid, password] of [
      ['Home', 'wrong-password'],
      ['Elsewhere', ''],
      ['Home', 'short'],
    ] as const) {
      await assert.rejects(improv.provision(ssid, password), /UNABLE_TO_CONNECT/);
      assert.equal(improv.state, READY);
    }
    await assert.rejects(improv.getHostname(), /UNKNOWN_RPC_COMMAND/);
    assert.equal(home.saved(), undefined);
    await improv.provision('Home', 'secret-password');
  },
);

test('without a broker it leads to the page, at its address in the network', NEEDS_SOCAT, async (t) => {
  const { improv, home } = await bench(t, { ap: null, ip: '192.168.1.77' });
  await improv.provision('Home', 'secret-password');
  assert.equal(improv.nextUrl, 'http://192.168.1.77/');
  const port = (await home.board.serverPort(80))!;
  const host = '192.168.1.77';
  const page = (await ask(port, { headers: { host } })).body;
  assert.match(page, /The light has joined Home\. Now its broker:/);
  assert.match(page, /name=s maxlength=31 value="Home"/);
  const origin = `http://${host}`;
  const wrong = {
    method: 'POST',
    body: encodeForm({ s: 'Elsewhere', b: 'broker', l: 'desk' }),
    headers: { host, origin },
  };
  assert.equal((await ask(port, wrong)).status, 303);
  await home.until(async () => {
    const seen = await ask(port, { headers: { host }, patienceMs: 2_000 }).catch(() => undefined);
    return seen?.body.includes('the Wi-Fi network Elsewhere was not found') ?? false;
  }, 'it is back in the network, and says why');
  const reply = await ask(port, {
    method: 'POST',
    body: encodeForm({ s: 'Home', b: 'broker', l: 'desk' }),
    headers: { host, origin: `http://${host}` },
  });
  assert.equal(reply.status, 303);
  await home.until(() => home.saved()?.['name'] === 'desk');
  await ask(port, { headers: { host } });
  await home.board.waitFor('mqtt connected');
  assert.deepEqual(home.saved(), {
    wifi: { ssid: 'Home', password: 'secret-password' },
    broker: 'broker',
    name: 'desk',
  });
});

const NEEDS_INTERPRETER = { ...NEEDS_SOCAT, skip: NEEDS_SOCAT.skip || (!interpreter && NO_INTERPRETER) };

/** Connects the SDK to the real interpreter, which may still be booting. */
async function improvSoon(t: TestContext, path: string) {
  for (let tries = 1; ; tries += 1) {
    const port = await openWebSerial(t, path);
    try {
      return { port, improv: await improvOn(t, port) };
    } catch (error) {
      await port.close();
      if (tries === 8) throw error;
    }
  }
}

/** The real interpreter in set-up mode, its console on a pseudo-terminal; gives the path of the other end. */
async function interpreterOn(t: TestContext, settings: object): Promise<string> {
  const [boardPath, hostPath] = await wire(t);
  const board = createInterpreterBench({
    port: await freePort(),
    settings,
    preamble: `Serial1.setup(115200,{path:${JSON.stringify(boardPath)}});E.setConsole(Serial1,{force:true});`,
  });
  t.after(board.dispose);
  board.powerOn();
  return hostPath;
}

test(
  'the real interpreter on a pseudo-terminal: set up by the SDK, and then the console is back',
  NEEDS_INTERPRETER,
  async (t) => {
    const path = await interpreterOn(t, { broker: 'localhost' });
    const { port, improv } = await improvSoon(t, path);
    assert.deepEqual(improv.info!.name, 'light-a0b1c2d300ff');
    assert.deepEqual(
      (await improv.scan()).map(({ name }) => name),
      [`<b>&"'`, 'Home'],
    );
    await assert.rejects(improv.provision('Home', 'wrong-password'), /UNABLE_TO_CONNECT/);
    await improv.provision('Home', 'secret-password');
    await improv.close();
    await port.close();
    const { readable } = await openWebSerial(t, path);
    let seen = '';
    for await (const bytes of readable) {
      seen += Buffer.from(bytes).toString('latin1');
      if (seen.includes('restart: set up')) break;
    }
  },
);

test('the flash tool finds the real interpreter while Improv listens', NEEDS_INTERPRETER, async (t) => {
  const path = await interpreterOn(t, {});
  const { port, improv } = await improvSoon(t, path);
  await improv.close();
  await port.close();
  const { code, output } = await flash(['--port', path, '--show'], { limits: LIMITS });
  assert.equal(code, EXIT.ok, output);
  assert.match(output, /identify\s+LINUX/);
});
