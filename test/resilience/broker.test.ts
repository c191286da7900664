// A broker that is away, restarts or misbehaves.

import { test } from 'node:test';
import { packets, scripts } from '../../sim/broker/rogue.ts';
import { checkHealthy, dim, isReal, rogueBroker, onEachBench, testOnEachBench, type Scenario } from './scenario.ts';

const CLOSED = /^mqtt down: (closed by the broker|connection lost)/;

const OUTAGES: Scenario[] = [
  {
    name: 'the broker restarts',
    fault: ({ broker }) => broker.stop(),
    logs: CLOSED,
    heal: async ({ broker }) => void (await broker.start()),
    isBrokerAway: true,
  },
  {
    name: 'the broker is killed, and started again after some attempts',
    fault: ({ broker }) => broker.kill(),
    logs: /^mqtt down/,
    times: 3,
    heal: async ({ broker }) => void (await broker.start()),
    isBrokerAway: true,
  },
  {
    name: 'the broker stops answering without closing',
    fault: ({ broker, proxy }) => (broker.freeze ? broker.freeze() : proxy.faults.stall()),
    logs: /^mqtt down: no PINGRESP/,
    heal: ({ broker, proxy }) => (broker.thaw ? broker.thaw() : proxy.faults.heal()),
    isBrokerAway: true,
  },
  {
    name: 'the port is closed',
    async fault({ proxy }) {
      await proxy.refuse();
      proxy.kill();
    },
    logs: /^mqtt down: Unable to create socket/,
    times: 2,
    heal: ({ proxy }) => proxy.listen(),
  },
];

const REASONS = ['protocol version', 'client identifier', 'unavailable', 'user name or password', 'not authorized'];

const [REFUSAL, ...REFUSALS] = REASONS.flatMap((reason, at) =>
  [true, false].map((close) => ({
    name: `CONNACK ${at + 1}, ${close ? 'and a close' : 'and the connection stays open'}`,
    ...rogueBroker(scripts.refuse(at + 1, close)),
    logs: new RegExp(`^mqtt down: CONNACK refused: ${reason}`),
  })),
);

const HANDSHAKES: Scenario[] = [
  { name: 'TCP is accepted, and nothing follows', ...rogueBroker(scripts.silent()), logs: /^mqtt down: no CONNACK/ },
  { name: 'TCP is accepted and closed', ...rogueBroker(scripts.closeOnAccept()), logs: CLOSED, times: 3 },
  REFUSAL!,
  { name: 'CONNACK with an unknown code', ...rogueBroker(scripts.refuse(77)), logs: /CONNACK refused: 77/ },
  {
    name: 'the subscription is refused',
    ...rogueBroker(scripts.suback(0, 0x80, 1, 1)),
    logs: /SUBACK refused: home\/bedroom\/light/,
  },
  { name: 'SUBACK never comes', ...rogueBroker(scripts.suback()), logs: /^mqtt down: no SUBACK/ },
  {
    name: 'SUBACK for fewer topics',
    ...rogueBroker(scripts.suback(0)),
    logs: /^mqtt down: SUBACK does not fit SUBSCRIBE/,
  },
  {
    name: 'the connection is closed right after CONNACK, twice',
    ...rogueBroker(async (peer) => {
      await peer.packet();
      peer.send(packets.connack(0, true));
      peer.end();
    }),
    logs: CLOSED,
    times: 3, // the first is the old session's
  },
  {
    name: 'the connection is closed right after CONNACK, for long',
    ...rogueBroker(scripts.closeAfterConnack()),
    logs: CLOSED,
    times: 5,
  },
  {
    name: 'an HTTP server has taken the port',
    ...rogueBroker(scripts.http()),
    logs: /^mqtt down: unexpected packet 0x48/,
  },
];

onEachBench('absence', (bench) => {
  test('a board that boots without its broker connects when it starts', async (t) => {
    const rig = await bench.open(t, { isOff: true });
    await rig.broker.stop();
    await rig.proxy.refuse();
    rig.device.powerOn();
    let seen = 0;
    for (let times = 0; times < 3; times += 1) seen = await rig.line(/^mqtt down: Unable to create socket/, seen);
    await rig.broker.start();
    await rig.proxy.listen();
    await rig.line(/^mqtt connected/);
    await rig.send(dim(120));
    await checkHealthy(rig, [0, 120]);
  });
});

testOnEachBench('outage', OUTAGES);
testOnEachBench('handshake', HANDSHAKES);
testOnEachBench('refusal', REFUSALS, isReal);
