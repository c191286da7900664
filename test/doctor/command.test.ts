// `npm run doctor` against brokers with virtual lights: findings on one stream, exit codes, and nothing that fools it.

import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { isInstalled } from '../../sim/broker/daemon.ts';
import { createBroker } from '../../sim/broker/embedded.ts';
import { freePort } from '../../sim/broker/daemon.ts';
import { createMosquitto } from '../../sim/broker/mosquitto.ts';
import { createRabbitMq, isRabbitMqInstalled } from '../../sim/broker/rabbitmq.ts';
import { createHouse } from '../../sim/house.ts';
import { EXIT } from '../../tools/doctor/exits.ts';
import { until } from '../../tools/flash/until.ts';
import { runDoctor } from '../../tools/doctor/run.ts';
import { connectClient } from '../support/mqttClient.ts';

const FIRMWARE = readFileSync(new URL('../../dist/firmware.js', import.meta.url), 'latin1');
const BOOT_MS = 20_000;

/** A broker waits one and a half times the keep alive of 5 s. */
const WILL_MS = 20_000;

interface Visit {
  code: number;
  /** Findings, a line each. */
  lines: string[];
  notes: string;
}

async function doctor(port: number, argv: string[] = [], { env = {}, signal = new AbortController().signal } = {}) {
  const visit: Visit = { code: -1, lines: [], notes: '' };
  visit.code = await runDoctor(['--broker', `127.0.0.1:${port}`, '--wait', '1', ...argv], {
    write: (text) => void visit.lines.push(text.replace(/\n$/, '')),
    note: (text) => void (visit.notes += text),
    signal,
    environment: env,
  });
  return visit;
}

/** Virtual lights at a broker, connected. */
async function lightsAt(t: TestContext, port: number, names: string[]) {
  const house = createHouse();
  t.after(() => house.dispose());
  house.hosts.set('broker', `127.0.0.1:${port}`);
  const { ssid, password } = house.accessPoint;
  const boards = names.map((name) =>
    house.board({ firmware: FIRMWARE, config: { wifi: { ssid, password }, broker: 'broker', name, keepAliveS: 5 } }),
  );
  await Promise.all(boards.map((board) => board.waitFor(/^mqtt connected/, BOOT_MS)));
  return boards;
}

async function aedes(t: TestContext, options: Parameters<typeof createBroker>[0] = {}) {
  const broker = createBroker(options);
  await broker.start();
  t.after(() => broker.stop());
  return broker;
}

test('healthy lights: no line, 0; then one loses power, one flaps, one name is used twice, and one has left topics behind', async (t) => {
  const broker = await aedes(t);
  const boards = await lightsAt(t, broker.port, ['desk', 'shelf', 'stairs']);
  const healthy = await doctor(broker.port);
  assert.deepEqual(healthy, { code: EXIT.healthy, lines: [], notes: 'doctor: lights: 3, findings: 0\n' });

  boards[0]!.powerOff();
  await until(() => broker.retained().get('light/desk/status') === 'offline', WILL_MS);
  await broker.publish('light/gone/info', '{"version":"0.0.1"}', { retain: true });
  const infoOf = (name: string) => JSON.parse(broker.retained().get(`light/${name}/info`)!) as { clientId: string };
  const visiting = doctor(broker.port, ['--wait', '5']);
  setTimeout(() => {
    broker.kick(infoOf('stairs').clientId);
    void broker.publish('light/shelf/info', JSON.stringify({ ...infoOf('shelf'), clientId: 'other' }));
  }, 1_000);
  const ill = await visiting;
  assert.equal(ill.code, EXIT.findings);
  assert.deepEqual(
    ill.lines.map((line) => line.split(': ')[0]),
    ['offline desk', 'stale gone', 'duplicate shelf', 'flapping stairs'],
  );
});

test('messages that are huge, broken or dressed up neither crash it nor reach the terminal', async (t) => {
  const broker = await aedes(t);
  await broker.publish('light/huge/info', `{"version":"${'x'.repeat(3_000_000)}"}`, { retain: true });
  await broker.publish('light/\x1b[31mred/status', 'online', { retain: true });
  await broker.publish('light/\x1b[31mred/info', '{"rssi":-90,"version":"\\u001b[2J"}', { retain: true });
  await broker.publish('light/torn/status', 'online', { retain: true });
  await broker.publish('light/torn/info', '{"rssi":', { retain: true });
  const { code, lines, notes } = await doctor(broker.port);
  assert.equal(code, EXIT.findings);
  assert.deepEqual(lines, [
    'weak-signal ?[31mred: -90 dBm: move the board or the access point',
    'unreadable torn: info is no JSON object',
  ]);
  assert.equal(notes, 'doctor: lights: 2, findings: 2, 1 messages ignored: too large, or too many lights\n');
});

test(
  'mosquitto: healthy lights, and a name that is not there',
  { skip: !isInstalled('mosquitto') && 'install mosquitto' },
  async (t) => {
    const broker = await createMosquitto();
    t.after(() => broker.dispose());
    await lightsAt(t, broker.port, ['desk', 'shelf']);
    assert.equal((await doctor(broker.port)).code, EXIT.healthy);
    const named = await doctor(broker.port, ['--light', 'desk', '--light', 'door']);
    assert.deepEqual([named.code, named.lines], [EXIT.findings, ['unheard door: nothing in 1 s']]);
  },
);

test(
  'RabbitMQ gives a wildcard nothing: it says so, and finds the lights by name',
  {
    skip: !isRabbitMqInstalled() && 'install rabbitmq-server',
  },
  async (t) => {
    const broker = await createRabbitMq();
    t.after(() => broker.dispose());
    await lightsAt(t, broker.port, ['desk']);
    const blind = await doctor(broker.port);
    assert.equal(blind.code, EXIT.findings);
    assert.match(blind.lines.join('\n'), /^unheard all lights: nothing in 1 s; .*--light NAME.*$/);
    assert.deepEqual(await doctor(broker.port, ['--light', 'desk']).then(({ code }) => code), EXIT.healthy);
  },
);

test('a broker with passwords: refused, or let in by the environment, and the password is never shown', async (t) => {
  const secret = 'correct horse';
  const broker = await aedes(t, {
    authenticate: (_client, _user, password, done) => done(null, String(password) === secret),
  });
  const wrong = await doctor(broker.port, ['--username', 'me', '--password', 'battery staple']);
  assert.equal(wrong.code, EXIT.refused);
  assert.match(wrong.notes, /^doctor: 127\.0\.0\.1:\d+: Connection refused: .*\n$/);
  assert.doesNotMatch(wrong.notes, /battery/);
  const right = await doctor(broker.port, ['--username', 'me'], { env: { LIGHT_MQTT_PASSWORD: secret } });
  assert.equal(right.code, EXIT.findings, right.notes);
});

test('a broker that keeps the topics from this user refuses', async (t) => {
  const broker = await aedes(t, { authorizeSubscribe: (_client, _subscription, done) => done(null, null) });
  const { code, notes } = await doctor(broker.port);
  assert.equal(code, EXIT.refused);
  assert.match(notes, /does not let this user read light\/\+\/status\n$/);
});

test('what is no broker, or stops being one, is unreachable, in one line and at once', async (t) => {
  const greetings: Record<string, (socket: Socket) => void> = {
    ssh: (socket) => void socket.write('SSH-2.0-OpenSSH\r\n'),
    noise: (socket) => void socket.write(Buffer.alloc(9, 0xff)),
    silence: (socket) => void socket.end(),
  };
  const ports = [await freePort()];
  for (const greet of Object.values(greetings)) {
    const server = createServer((socket) => greet(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    ports.push((server.address() as AddressInfo).port);
  }
  for (const { code, lines, notes } of await Promise.all(ports.map((port) => doctor(port)))) {
    assert.deepEqual([code, lines], [EXIT.unreachable, []], notes);
    assert.match(notes, /^doctor: [^\n]+\n$/);
  }
  const broker = await aedes(t);
  const lost = doctor(broker.port, ['--wait', '60']);
  setTimeout(() => void broker.stop(), 300);
  assert.equal((await lost).code, EXIT.unreachable);
});

test('wrong calls end with 2 and one line', async () => {
  const calls: [argv: string[], words: RegExp][] = [
    [[], /which broker\? --broker HOST/],
    [['--nonsense'], /Unknown option/],
    [['--broker', 'a:b'], /--broker wants HOST/],
    [['--broker', 'a', '--wait', '0'], /--wait wants a whole number from 1 to 3600/],
    [['--broker', 'a', '--light', '#'], /--light wants 1 to 32 bytes/],
    [['--broker', 'a', '--password', 'secret'], /^doctor: --password needs --username\n$/],
  ];
  for (const [argv, words] of calls) {
    let notes = '';
    const note = (text: string): void => void (notes += text);
    const code = await runDoctor(argv, {
      write: assert.fail,
      note,
      environment: {},
      signal: new AbortController().signal,
    });
    assert.equal(code, EXIT.badArguments);
    assert.match(notes, words);
    assert.match(notes, /^doctor: [^\n]+\n$/);
  }
});

test('Ctrl-C ends the process with 130, help with 0; no process list shows the password', async (t) => {
  const broker = await aedes(t);
  const run = (...argv: string[]) =>
    spawn(process.execPath, ['--import', 'tsx', 'tools/doctor.ts', ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  const help = run('--help');
  let text = '';
  help.stdout.on('data', (data) => (text += String(data)));
  assert.deepEqual(await once(help, 'close'), [EXIT.healthy, null]);
  for (const code of Object.values(EXIT)) assert.match(text, new RegExp(`^ +${code}  \\w`, 'm'));

  const login = ['--username', 'me', '--password', 'correct horse'];
  const listening = run('--broker', `127.0.0.1:${broker.port}`, '--wait', '60', ...login);
  while (broker.clients().length === 0) await sleep(20);
  const list = `/proc/${listening.pid}/cmdline`;
  if (existsSync(list)) assert.doesNotMatch(readFileSync(list, 'latin1'), /correct horse/);
  listening.kill('SIGINT');
  assert.deepEqual(await once(listening, 'close'), [EXIT.interrupted, null]);
});

test('a client of the same broker is not disturbed: the doctor publishes nothing', async (t) => {
  const broker = await aedes(t);
  const published: string[] = [];
  broker.onPublish(({ topic }) => published.push(topic));
  const other = await connectClient(t, broker.port, { clientId: 'other' });
  await doctor(broker.port);
  assert.deepEqual(published, []);
  assert.ok(other.connected);
});
