// The bundle in the real interpreter, booted from its flash, with a real mosquitto.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import {
  createInterpreter,
  INTERPRETER_HINT,
  interpreterPath,
  type Interpreter,
} from '../../sim/interpreter/interpreter.ts';
import { createMosquitto, mosquittoAvailable, type Mosquitto } from '../../sim/broker/mosquitto.ts';
import { dutyOf } from '../support/curve.ts';
import { FIRMWARE } from '../support/firmware.ts';

const COMMANDS = 'home/bedroom/light';

function missing(): string | false {
  if (!interpreterPath()) return INTERPRETER_HINT;
  return mosquittoAvailable() ? false : 'install mosquitto';
}

describe('the real interpreter', { skip: missing() }, () => {
  let mosquitto: Mosquitto;
  let client: mqtt.MqttClient;
  const boards: Interpreter[] = [];
  const latest = new Map<string, string>();

  before(async () => {
    mosquitto = await createMosquitto({ persistence: true });
    client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mosquitto.port}`, { reconnectPeriod: 100 });
    client.on('message', (topic, payload) => latest.set(topic, payload.toString()));
    await client.subscribeAsync('light/#');
  });

  afterEach(async () => {
    await Promise.all(boards.splice(0).map((board) => board.dispose()));
  });

  after(async () => {
    await client.endAsync(true);
    await mosquitto.dispose();
  });

  function board(serial: string, settings: object = {}): Interpreter {
    const made = createInterpreter({
      bundle: FIRMWARE,
      serial,
      settings: { wifi: { ssid: 'Home' }, broker: `127.0.0.1:${mosquitto.port}`, ...settings },
    });
    boards.push(made);
    made.powerOn();
    return made;
  }

  const send = (payload: string, topic = COMMANDS): Promise<unknown> => client.publishAsync(topic, payload, { qos: 1 });

  async function until(condition: () => boolean, what: string, limitMs = 10_000): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!condition()) {
      assert.ok(Date.now() < deadline, what);
      await sleep(20);
    }
  }

  test('boots with the lamp off, joins, connects, and publishes its state', async () => {
    const one = board('00000000-0001');
    await one.waitFor(/^mqtt connected as [0-9A-Za-z]{23} /);
    assert.deepEqual(one.pinWrites[0], { pin: 'D5', duty: 0 });
    await until(() => latest.get('light/light-000000000001/status') === 'online', 'no birth');
    await until(() => latest.get('light/light-000000000001/state') === '{"state":"OFF","brightness":255}', 'no state');
    await until(() => latest.has('light/light-000000000001/info'), 'no info');
  });

  test('obeys every kind of command on both topics', async () => {
    const one = board('00000000-0002');
    await one.waitFor(/^mqtt connected/);
    const steps: [string, string, number][] = [
      [COMMANDS, 'ON', 1],
      [COMMANDS, 'whatever', 0],
      ['light/light-000000000002/set', 'toggle', 1],
      [COMMANDS, 'off', 0],
      [COMMANDS, '{"state":"ON","brightness":128}', dutyOf(128)],
      [COMMANDS, '{"state":"ON","brightness":255}', 1],
    ];
    for (const [topic, payload, duty] of steps) {
      await send(payload, topic);
      await until(
        () => Math.abs(one.pinWrites.at(-1)!.duty - duty) < 1e-6,
        `${payload}: ${JSON.stringify(one.pinWrites)}`,
      );
    }
    await send('{"state":"OFF"}x');
    await one.waitFor(/^command ignored/);
    assert.equal(one.pinWrites.at(-1)!.duty, 1);
  });

  test('survives more brackets than there is a stack for, and obeys what follows', async () => {
    const one = board('00000000-0009');
    await one.waitFor(/^mqtt connected/);
    await send(`{"a":${'['.repeat(1000)}`);
    await send('on');
    await one.waitFor(/^light on/);
  });

  test('fades in steps', async () => {
    const one = board('00000000-0003');
    await one.waitFor(/^mqtt connected/);
    await send('{"state":"ON","transition":1}');
    await until(() => one.pinWrites.at(-1)!.duty === 1, 'the fade never ended');
    const duties = one.pinWrites.map((write) => write.duty);
    assert.ok(duties.length > 10, String(duties));
    assert.deepEqual(
      duties,
      [...duties].sort((a, b) => a - b),
    );
  });

  test('two boards obey one command and answer a roll call, and neither throws the other off', async () => {
    const both = [board('00000000-0004'), board('00000000-0005')];
    const ids = await Promise.all(both.map((each) => each.waitFor(/^mqtt connected/)));
    assert.notEqual(ids[0], ids[1]);
    await send('on');
    for (const each of both) await each.waitFor(/^light on/);
    for (const serial of ['000000000004', '000000000005']) latest.delete(`light/light-${serial}/info`);
    await Promise.all(Array.from({ length: 20 }, () => send('', 'light/call')));
    for (const serial of ['000000000004', '000000000005'])
      await until(() => latest.has(`light/light-${serial}/info`), 'no answer to the roll call', 15_000);
    for (const each of both) assert.ok(!each.console.some((line) => /mqtt down/.test(line)), each.console.join('\n'));
  });

  test('comes back after a broker restart and obeys what was sent meanwhile', async () => {
    const one = board('00000000-0006');
    const first = await one.waitFor(/^mqtt connected/);
    await mosquitto.stop();
    await one.waitFor(/^mqtt down/);
    await mosquitto.start();
    await until(() => client.connected, 'the publisher did not come back');
    const seen = one.console.length;
    await send('on');
    await one.waitFor(/^light on/, 20_000);
    const again = one.console.find((line, at) => at >= seen - 1 && /^mqtt connected/.test(line)) ?? first;
    assert.equal(again, first, 'the same client identifier');
  });

  test('keeps its client identifier over a power cut', async () => {
    const one = board('00000000-0007');
    const first = await one.waitFor(/^mqtt connected/);
    await one.powerOff();
    const seen = one.console.length;
    one.powerOn();
    assert.equal(await one.waitFor(/^mqtt connected/, 10_000, seen), first);
  });

  test('uses no more variables after a thousand messages', async () => {
    const one = board('00000000-0008');
    await one.waitFor(/^mqtt connected/);
    async function used(): Promise<number> {
      const from = one.console.length;
      one.type('print("USED "+process.memory().usage)');
      return Number((await one.waitFor(/^USED \d+/, 10_000, from)).slice(5));
    }
    /** Waits until all commands are obeyed, and all answers are sent. */
    async function settle(): Promise<void> {
      const writes = one.pinWrites.length;
      await send('{"brightness":77}');
      await until(() => one.pinWrites.length > writes && one.pinWrites.at(-1)!.duty < 1, 'it is still busy');
      await send('on');
      await send('{"brightness":255}');
      await until(() => one.pinWrites.at(-1)!.duty === 1, 'it is still busy');
      await sleep(500);
    }

    await settle();
    for (let i = 0; i < 20; i++) await Promise.all([send('on'), send('off')]);
    await settle();
    await used(); // the line itself goes into the console's history
    const before = await used();
    for (let i = 0; i < 500; i++) await Promise.all([send('on'), send('off')]);
    await settle();
    const grown = (await used()) - before;
    assert.ok(grown < 5, `${grown} more variables`); // one or two are the interpreter's own timers
    console.log(`# chip variables used after subscribing: ${before}`);
  });
});
