// The command lines of the pages: `npm run page`, and the page's part of `npm start`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import WebSocket from 'ws';
import { createBroker } from '../../sim/broker/embedded.ts';
import { freePort } from '../../sim/broker/daemon.ts';
import { EXIT } from '../../tools/page/exits.ts';
import { runPage } from '../../tools/page/run.ts';
import { runSimulation } from '../../tools/simulate/run.ts';
import { until } from './rig.ts';

/** For what would wait half a minute. */
const LIMIT = { timeout: 20_000 };

const PASSWORD = 'a-secret-that-stays';

/** Runs a tool until the test is done with it. */
function start(run: typeof runPage | typeof runSimulation, argv: string[], environment: NodeJS.ProcessEnv = {}) {
  const stop = new AbortController();
  const out: string[] = [];
  const write = (text: string): void => void out.push(text);
  const exit = run(argv, { write, note: write, signal: stop.signal, environment });
  return {
    text: () => out.join(''),
    exit,
    async stop(): Promise<number> {
      stop.abort();
      return exit;
    },
  };
}

describe('npm run page', () => {
  for (const [argv, line] of [
    [[], 'which broker? --broker HOST (see --help)'],
    [['--broker', 'a b'], '--broker wants HOST or HOST:PORT, such as 192.168.1.10:1883'],
    [['--broker', 'a', '--password', 'x'], '--password needs --username'],
    [['--broker', 'a', '--page-port', '0'], '--page-port wants a whole number from 1 to 65535'],
    [['--broker', 'a', '--host', '*'], '--host wants an address of this computer, such as 0.0.0.0'],
  ] as const)
    test(`${argv.join(' ') || 'no broker'} is refused in one line`, async () => {
      const tool = start(runPage, [...argv]);
      assert.equal(await tool.exit, EXIT.badArguments);
      assert.equal(tool.text(), `page: ${line}\n`);
    });

  test('a broker that is not there, and one that refuses, are one line each', async (t) => {
    const port = await freePort();
    const absent = start(runPage, ['--broker', `127.0.0.1:${port}`]);
    assert.equal(await absent.exit, EXIT.unreachable);
    assert.equal(absent.text(), `page: no broker at 127.0.0.1:${port} (ECONNREFUSED)\n`);
    const broker = createBroker({
      authenticate: (_client, _user, _password, done) =>
        done(Object.assign(new Error(), { returnCode: 5 }) as never, false),
    });
    await broker.start(port);
    t.after(() => broker.stop());
    const refused = start(runPage, ['--broker', `127.0.0.1:${port}`]);
    assert.equal(await refused.exit, EXIT.refused);
    assert.match(
      refused.text(),
      /^page: 127\.0\.0\.1:\d+: Connection refused: Not authorized \(--username, --password\)\n$/,
    );
  });

  test('Ctrl-C does not wait for a broker that leaves the subscription unanswered', LIMIT, async (t) => {
    const broker = createBroker({ authorizeSubscribe: () => void setTimeout(() => void tool.stop(), 100) });
    await broker.start();
    t.after(() => broker.stop());
    const tool = start(runPage, ['--broker', `127.0.0.1:${broker.port}`]);
    assert.equal(await tool.exit, EXIT.ended);
    assert.equal(tool.text(), '');
  });

  test('no password of the broker reaches a browser', async (t) => {
    const passwords: string[] = [];
    const broker = createBroker({
      authenticate(_client, _user, password, done) {
        passwords.push(String(password));
        done(null, true);
      },
    });
    await broker.start();
    t.after(() => broker.stop());
    const pagePort = await freePort();
    const argv = ['--broker', `127.0.0.1:${broker.port}`, '--username', 'me', '--page-port', String(pagePort)];
    const tool = start(runPage, argv, { LIGHT_MQTT_PASSWORD: PASSWORD });
    t.after(tool.stop);
    await until(() => tool.text().includes(`http://127.0.0.1:${pagePort}/`), 'the address is printed');
    const heard: string[] = [tool.text()];
    for (const file of ['', 'app.js', 'app.css'])
      heard.push(await (await fetch(`http://127.0.0.1:${pagePort}/${file}`)).text());
    const socket = new WebSocket(`ws://127.0.0.1:${pagePort}/live`, { origin: `http://127.0.0.1:${pagePort}` });
    socket.on('message', (data) => heard.push(String(data)));
    await broker.publish('light/desk/status', 'online', { retain: true });
    await until(() => heard.some((text) => text.includes('light/desk')), 'the light is told');
    await broker.stop();
    await until(() => heard.some((text) => text.includes('"isConnected":false')), 'the loss is told');
    assert.equal(passwords[0], PASSWORD);
    assert.ok(heard.every((text) => !text.includes(PASSWORD)));
    assert.equal(await tool.stop(), EXIT.ended);
  });

  test('a busy port is one line', async (t) => {
    const broker = createBroker();
    const other = createServer();
    other.listen(await freePort(), '127.0.0.1');
    await Promise.all([broker.start(), once(other, 'listening')]);
    t.after(() => Promise.all([other.close(), broker.stop()]));
    const { port } = other.address() as { port: number };
    const tool = start(runPage, ['--broker', `127.0.0.1:${broker.port}`, '--page-port', String(port)]);
    assert.equal(await tool.exit, EXIT.badArguments);
    assert.equal(tool.text(), `page: port ${port} is busy: choose another with --page-port\n`);
  });
});

describe('npm start', () => {
  test('prints the address of its page, and serves it', async (t) => {
    const [port, pagePort] = [await freePort(), await freePort()];
    const tool = start(runSimulation, ['--port', String(port), '--page-port', String(pagePort)]);
    t.after(tool.stop);
    await until(() => tool.text().includes('Ctrl-C'), 'it has started');
    assert.match(tool.text(), new RegExp(`^ {2}http://127\\.0\\.0\\.1:${pagePort}/$`, 'm'));
    assert.equal((await fetch(`http://127.0.0.1:${pagePort}/`)).status, 200);
    assert.equal(await tool.stop(), 0);
    await assert.rejects(fetch(`http://127.0.0.1:${pagePort}/`));
  });

  test('--no-page serves none, and a busy port of the page is one line', async (t) => {
    const [port, pagePort] = [await freePort(), await freePort()];
    const other = createServer();
    other.listen(pagePort, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => other.close());
    const busy = start(runSimulation, ['--port', String(port), '--page-port', String(pagePort)]);
    assert.equal(await busy.exit, 1);
    assert.equal(busy.text(), `simulate: port ${pagePort} is busy: choose another with --page-port\n`);
    const without = start(runSimulation, ['--port', String(port), '--page-port', String(pagePort), '--no-page']);
    t.after(without.stop);
    await until(() => without.text().includes('Ctrl-C'), 'it has started');
    assert.ok(!without.text().includes('http'));
    assert.equal(await without.stop(), 0);
  });
});
