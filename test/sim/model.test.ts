import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate, type Packet } from 'mqtt-packet';
import { createModelBroker, type ModelBrokerOptions } from '../../sim/broker/model.ts';
import { createNetwork, NO_FAULTS, type Fate } from '../../sim/network/fate.ts';
import type { TcpLink } from '../../sim/network/tcp.ts';
import { createVirtualTime } from '../../sim/time/virtualTime.ts';
import { parsed } from '../support/oracle.ts';

const TOPIC = 'a/set';
const WILL = { topic: 'a/status', payload: Buffer.from('offline'), qos: 1, retain: true } as const;

/** A broker, and a hand-made client that connects over the network. */
function rig(options: Partial<ModelBrokerOptions> = {}) {
  const time = createVirtualTime();
  const broker = createModelBroker({ time, identifiers: 'rising', window: 20, ...options });
  const network = createNetwork(time, broker.accept);

  function connect() {
    const link = network.connectTcp() as TcpLink;
    const client = {
      link,
      send(...packets: Packet[]) {
        link.send(packets.map((packet) => generate(packet).toString('latin1')).join(''));
        time.advance(20);
        return client;
      },
      /** What has come since the last call, a word for each packet. */
      received: () =>
        parsed(link.receive(10_000) ?? '').map((packet) => {
          if (packet.cmd === 'connack') return `connack${packet.sessionPresent ? ' present' : ''}`;
          if (packet.cmd !== 'publish') return packet.cmd;
          return `${packet.payload.toString()} ${packet.messageId ?? '-'}${packet.dup ? ' dup' : ''}`;
        }),
    };
    return client.send(
      {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId: 'a',
        clean: false,
        keepalive: 30,
        will: WILL,
      },
      { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: TOPIC, qos: 1 }] },
    );
  }

  function publish(...payloads: string[]): void {
    for (const payload of payloads) broker.publish({ topic: TOPIC, payload, qos: 1 });
    time.advance(20);
  }
  return { time, broker, network, connect, publish };
}

test('the model broker sends again what is not acknowledged, in order, with DUP, and then what waited', () => {
  const { connect, publish } = rig({ window: 2 });
  const first = connect();
  publish('one', 'two', 'three');
  assert.deepEqual(first.received(), ['connack', 'suback', 'one 1', 'two 2']);
  first.send({ cmd: 'puback', messageId: 1 });
  assert.deepEqual(first.received(), ['three 3']);
  first.link.end();
  publish('four');
  const second = connect();
  assert.deepEqual(second.received(), ['connack present', 'two 2 dup', 'three 3 dup', 'suback']);
  assert.deepEqual(second.send({ cmd: 'puback', messageId: 2 }).received(), ['four 4']);
});

test('the model broker can use the lowest identifier that is free', () => {
  const { connect, publish } = rig({ identifiers: 'lowest' });
  const client = connect();
  publish('one', 'two');
  client.send({ cmd: 'puback', messageId: 1 });
  publish('three', 'four');
  assert.deepEqual(client.received(), ['connack', 'suback', 'one 1', 'two 2', 'three 1', 'four 3']);
});

test('the model broker ends the older connection of a client identifier, with its will', () => {
  const { connect, broker } = rig();
  const first = connect();
  first.received();
  assert.equal(broker.retained.get('a/status'), undefined);
  connect();
  assert.equal(first.link.receive(10), undefined);
  assert.equal(broker.retained.get('a/status'), 'offline');
});

test('the model broker drops a silent client after one and a half keep alives', () => {
  const { connect, broker, time } = rig();
  connect();
  time.advance(44_000);
  assert.ok(broker.isDrained());
  time.advance(2_000);
  assert.equal(broker.retained.get('a/status'), 'offline');
});

test('the model broker lists what a client does against the standard', () => {
  const { connect, publish, broker } = rig();
  const client = connect();
  publish('one', 'two');
  client.send({ cmd: 'puback', messageId: 2 });
  assert.deepEqual(broker.violations, ['PUBACK 2 out of order [MQTT-4.6.0-2]']);
});

/** What reaches either end of a connection with this fate, when both send six bytes. */
function outcome(fate: Partial<Fate>) {
  const time = createVirtualTime();
  let up = '';
  const network = createNetwork(
    time,
    (stream) => {
      time.setTimeout(() => stream.write('abcdef'), 1);
      return { receive: (bytes) => void (up += bytes), closed: () => void (up += '.') };
    },
    { ...NO_FAULTS, lifeMs: 1_000, ...fate },
  );
  const link = network.connectTcp() as TcpLink;
  const pieces: string[] = [];
  link.onActivity = () => {
    for (let bytes = link.receive(10); bytes !== ''; bytes = link.receive(10)) {
      pieces.push(bytes ?? '.');
      if (bytes === undefined) return;
    }
  };
  link.send('123456');
  time.advance(500);
  return { up, down: pieces.join(' ') };
}

test('a connection carries bytes until its fate', () => {
  assert.deepEqual(outcome({}), { up: '123456', down: 'abcdef' });
  assert.deepEqual(outcome({ split: 4 }), { up: '123456', down: 'abcd ef' });
  assert.deepEqual(outcome({ up: 3 }), { up: '123.', down: '.' });
  assert.deepEqual(outcome({ down: 2 }), { up: '123456.', down: 'ab .' });
  assert.deepEqual(outcome({ down: 2, ending: 'silence' }), { up: '123456', down: 'ab' });
  assert.deepEqual(outcome({ up: 2, ending: 'silence' }), { up: '12', down: 'abcdef' });
  assert.deepEqual(outcome({ lifeMs: 100 }), { up: '123456.', down: 'abcdef .' });
});
