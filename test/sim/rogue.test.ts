import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { parser, type Packet } from 'mqtt-packet';
import { createRogueBroker, packets, scripts, type RogueScript } from '../../sim/broker/rogue.ts';

const CONNECT = Buffer.from('100d00044d5154540402000a0001' + '61', 'hex');

/** Long enough for any answer on a busy machine; short enough to show that nothing more comes. */
const ANSWER_LIMIT_MS = 5000;
const SILENCE_MS = 50;

interface Outcome {
  received: string;
  isClosed: boolean;
}

/** Plays one connection, and compares everything that the broker did with what is expected. */
async function play(t: TestContext, script: RogueScript, expected: Outcome, bytes: Buffer = CONNECT): Promise<void> {
  const rogue = createRogueBroker(script);
  const port = await rogue.start();
  t.after(() => rogue.stop());
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  const seen: Outcome = { received: '', isClosed: false };
  socket.on('error', () => {});
  socket.on('data', (data) => (seen.received += data.toString('latin1')));
  socket.on('end', () => (seen.isClosed = true));
  socket.write(bytes);
  const deadline = performance.now() + ANSWER_LIMIT_MS;
  const isThere = (): boolean =>
    seen.received.length >= expected.received.length && (seen.isClosed || !expected.isClosed);
  while (!isThere() && performance.now() < deadline) await setTimeout(5);
  await setTimeout(SILENCE_MS);
  assert.deepEqual(seen, expected);
}

function parsed(bytes: string): Packet {
  const reader = parser();
  let found: Packet | undefined;
  reader.on('packet', (packet: Packet) => (found = packet));
  reader.parse(Buffer.from(bytes, 'latin1'));
  assert.ok(found);
  return found;
}

test('its packets are what mqtt-packet reads them as', () => {
  assert.equal((parsed(packets.connack(5)) as { returnCode?: number }).returnCode, 5);
  assert.deepEqual((parsed(packets.suback(258, 1, 0x80)) as { granted?: number[] }).granted, [1, 0x80]);
  assert.equal(parsed(packets.suback(258, 1)).messageId, 258);
  assert.equal(parsed(packets.pingresp()).cmd, 'pingresp');
  assert.equal(parsed(packets.puback(3)).messageId, 3);
  const publish = parsed(packets.publish('a/b', 'x'.repeat(200), { packetId: 7, retain: true, dup: true }));
  assert.ok(publish.cmd === 'publish');
  assert.deepEqual(
    [publish.topic, publish.qos, publish.retain, publish.dup, publish.messageId],
    ['a/b', 1, true, true, 7],
  );
  assert.equal(publish.payload.length, 200);
});

test('lengths of 1 to 4 bytes', () => {
  const hex = (length: number) => Buffer.from(packets.remainingLength(length), 'latin1').toString('hex');
  assert.deepEqual([0, 127, 128, 16_384, 268_435_455].map(hex), ['00', '7f', '8001', '808001', 'ffffff7f']);
});

test('silent: accepts and says nothing', (t) => play(t, scripts.silent(), { received: '', isClosed: false }));

test('closeOnAccept: closes without a byte', (t) => play(t, scripts.closeOnAccept(), { received: '', isClosed: true }));

for (const code of [1, 2, 3, 4, 5]) {
  for (const close of [true, false]) {
    test(`refuse: CONNACK ${code}, and ${close ? 'closes' : 'stays'}`, (t) =>
      play(t, scripts.refuse(code, close), { received: packets.connack(code), isClosed: close }));
  }
}

test('closeAfterConnack: no more than a CONNACK', (t) =>
  play(t, scripts.closeAfterConnack(), { received: packets.connack(), isClosed: true }));

test('suback: answers a SUBSCRIBE with its packet identifier and the given codes', (t) => {
  const subscribe = Buffer.from('8206' + '0102' + '0001' + '61' + '01', 'hex');
  const received = packets.connack() + packets.suback(0x0102, 0x80);
  return play(t, scripts.suback(0x80), { received, isClosed: false }, Buffer.concat([CONNECT, subscribe]));
});

test('suback: without codes the SUBSCRIBE goes unanswered', (t) => {
  const subscribe = Buffer.from('8206' + '0102' + '0001' + '61' + '01', 'hex');
  return play(
    t,
    scripts.suback(),
    { received: packets.connack(), isClosed: false },
    Buffer.concat([CONNECT, subscribe]),
  );
});

test('http: answers MQTT with HTTP', (t) => {
  const received = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 11\r\nConnection: close\r\n\r\nBad Request';
  return play(t, scripts.http(), { received, isClosed: false });
});

test('a script gets whole packets, however they are split', async (t) => {
  const seen: (string | undefined)[] = [];
  const script: RogueScript = async (peer) => {
    seen.push(await peer.packet(), await peer.packet());
    peer.end();
  };
  const rogue = createRogueBroker(script);
  const port = await rogue.start();
  t.after(() => rogue.stop());
  const socket = connect(port, '127.0.0.1');
  const ended = new Promise((resolve) => socket.on('close', resolve));
  for (const byte of Buffer.concat([CONNECT, Buffer.from('c000', 'hex')])) {
    socket.write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  await ended;
  assert.deepEqual(seen, [CONNECT.toString('latin1'), '\xc0\x00']);
  assert.equal(rogue.peers.length, 1);
});

test('a script that waits for a packet gets undefined when the board has gone', async (t) => {
  const received = await new Promise((resolve, reject) => {
    const rogue = createRogueBroker(async (peer) => resolve(await peer.packet()));
    t.after(() => rogue.stop());
    rogue.start().then((port) => connect(port, '127.0.0.1').end(), reject);
  });
  assert.equal(received, undefined);
});
