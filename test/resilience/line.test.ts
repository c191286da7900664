// Faults of the line between board and broker, and bytes that no sane broker sends.

import { packets } from '../../sim/broker/rogue.ts';
import { COMMANDS } from './rigs.ts';
import { dim, isReal, testOnEachBench, type Scenario } from './scenario.ts';

const NO_PINGRESP = /^mqtt down: no PINGRESP/;

const LINES: Scenario[] = [
  {
    name: 'the link dies without FIN or RST',
    fault: ({ proxy }) => proxy.faults.drop(),
    logs: NO_PINGRESP,
    heal: ({ proxy }) => proxy.faults.heal(),
  },
  {
    name: 'the link dies in the direction of the broker',
    fault: ({ proxy }) => proxy.faults.drop('fromBoard'),
    logs: NO_PINGRESP,
    heal: ({ proxy }) => proxy.faults.heal(),
  },
  {
    name: 'the link dies in the direction of the board',
    fault: ({ proxy }) => proxy.faults.drop('toBoard'),
    logs: NO_PINGRESP,
    heal: ({ proxy }) => proxy.faults.heal(),
  },
  {
    name: 'the connection is torn with RST',
    fault: ({ proxy }) => proxy.kill(),
    logs: /^mqtt down: (closed by the broker|connection lost)/,
  },
  {
    name: 'every byte travels on its own, from CONNECT on',
    fault({ proxy }) {
      proxy.faults.set({ chunkBytes: 1 });
      proxy.kill();
    },
    logs: /^mqtt down/,
  },
  {
    name: 'bytes are gathered for a while and come in lumps',
    fault: ({ proxy }) => proxy.faults.set({ gatherMs: 60 }),
    heal: ({ proxy }) => proxy.faults.set({ gatherMs: 0 }),
  },
];

/** Injects bytes between the broker's own. */
const inject = (name: string, bytes: string, logs?: RegExp): Scenario => ({
  name,
  fault: ({ proxy }) => proxy.inject(bytes),
  ...(logs ? { logs } : {}),
});

/** Builds a PUBLISH, valid or not. */
const publish = (flags: number, body: string, announced = body.length): string =>
  String.fromCharCode(0x30 | flags) + packets.remainingLength(announced) + body;

const MOST_BYTES = 268_435_455;

const GARBAGE: Scenario[] = [
  inject('a second CONNACK', packets.connack(), /^mqtt down: packet out of turn \[MQTT-4\.8\.0-1\]/),
  inject('a topic longer than its packet', publish(0, '\0\x20abc'), /^mqtt down: topic longer .* \[MQTT-3\.3\.2-1\]/),
  inject('256 MB announced, and nothing of them', publish(0, '', MOST_BYTES), NO_PINGRESP),
  inject('256 MB announced, and a little of them', publish(0, `\0\x12${COMMANDS}on`, MOST_BYTES), NO_PINGRESP),
  {
    name: '200 bytes announced that never come: PINGRESP and a command are swallowed, and the command comes again',
    async fault({ proxy, send }) {
      proxy.inject(publish(0, `\0\x12${COMMANDS}{`, 200));
      await send(dim(120));
    },
    logs: NO_PINGRESP,
  },
  inject('a PINGRESP that nobody asked for', packets.pingresp()),
  inject('a message on a topic that was not subscribed to', packets.publish('home/kitchen/light', 'off')),
  inject('20 KB on a topic that was not subscribed to', packets.publish('home/kitchen/light', 'x'.repeat(20_000))),
  inject('a command of 20 KB that is no JSON in the end', packets.publish(COMMANDS, `{${' '.repeat(20_000)}`)),
];

const MALFORMED: Scenario[] = [
  inject('a packet of type 0', '\x00\x00', /^mqtt down: unexpected packet 0x0 \[MQTT-4\.8\.0-1\]/),
  inject('a packet of type 15', '\xf0\x00', /^mqtt down: unexpected packet 0xf0 \[MQTT-4\.8\.0-1\]/),
  inject('a client packet', packets.puback(1), /^mqtt down: unexpected packet 0x40/),
  inject('a remaining length without an end', '\x30\xff\xff\xff\xff\x01', /^mqtt down: malformed .* \[MQTT-2\.2\.3\]/),
  inject('an empty topic', publish(0, '\0\0on'), /^mqtt down: empty topic \[MQTT-4\.7\.3-1\]/),
  inject('a message with QoS 3', publish(6, `\0\x12${COMMANDS}\0\x01on`), /^mqtt down: QoS 3 \[MQTT-3\.3\.1-4\]/),
  inject('a message with QoS 2', publish(4, `\0\x12${COMMANDS}\0\x01on`), /^mqtt down: QoS 2/),
  inject(
    'a message with packet identifier 0',
    publish(2, `\0\x12${COMMANDS}\0\0on`),
    /^mqtt down: packet identifier 0/,
  ),
];

testOnEachBench('line', LINES);
testOnEachBench('garbage', GARBAGE);
testOnEachBench('malformed packet', MALFORMED, isReal);
