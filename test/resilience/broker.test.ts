import { test } from 'node:test';
import { packets, scripts } from '../../sim/broker/rogue.ts';
import { checkPeace, dim, misled, onEachBench, tellAll, type Scenario } from './scenario.ts';

const CLOSED = /^mqtt down: (closed by the broker|connection lost)/;

const OUTAGES: Scenario[] = [
  {
    name: 'the broker restarts',
    fault: ({ broker }) => broker.stop(),
    tells: CLOSED,
    heal: async ({ broker }) => void (await broker.start()),
    isBrokerAway: true,
  },
  {
    name: 'the broker is killed, and started again after some attempts',
    fault: ({ broker }) => broker.kill(),
    tells: /^mqtt down/,
    times: 3,
    heal: async ({ broker }) => void (await broker.start()),
    isBrokerAway: true,
  },
  {
    name: 'the broker stops answering without closing',
    fault: ({ broker, proxy }) => (broker.freeze ? broker.freeze() : proxy.faults.stall()),
    tells: /^mqtt down: no PINGRESP/,
    heal: ({ broker, proxy }) => (broker.thaw ? broker.thaw() : proxy.faults.heal()),
    isBrokerAway: true,
  },
  {
    name: 'the port is closed',
    async fault({ proxy }) {
      await proxy.refuse();
      proxy.kill();
    },
    tells: /^mqtt down: Unable to create socket/,
    times: 2,
    heal: ({ proxy }) => proxy.listen(),
  },
];

const REFUSALS = ['protocol version', 'client identifier', 'unavailable', 'user name or password', 'not authorized'];

const HANDSHAKES: Scenario[] = [
  { name: 'TCP is accepted, and nothing follows', ...misled(scripts.silent()), tells: /^mqtt down: no CONNACK/ },
  { name: 'TCP is accepted and closed', ...misled(scripts.closeOnAccept()), tells: CLOSED, times: 3 },
  ...REFUSALS.flatMap((reason, at) =>
    [true, false].map((close) => ({
      name: `CONNACK ${at + 1}, ${close ? 'and a close' : 'and the connection stays open'}`,
      ...misled(scripts.refuse(at + 1, close)),
      tells: new RegExp(`^mqtt down: CONNACK refused: ${reason}`),
    })),
  ),
  { name: 'CONNACK with a code that there is not', ...misled(scripts.refuse(77)), tells: /CONNACK refused: 77/ },
  {
    name: 'the subscription is refused',
    ...misled(scripts.suback(0, 0x80, 1)),
    tells: /SUBACK refused: home\/bedroom\/light/,
  },
  { name: 'SUBACK never comes', ...misled(scripts.suback()), tells: /^mqtt down: no SUBACK/ },
  { name: 'SUBACK for fewer topics', ...misled(scripts.suback(0)), tells: /^mqtt down: SUBACK does not fit SUBSCRIBE/ },
  {
    name: 'the connection is closed right after CONNACK, twice',
    ...misled(async (peer) => {
      await peer.packet();
      peer.send(packets.connack(0, true));
      peer.end();
    }),
    tells: CLOSED,
    times: 3, // the first is the old session's
  },
  {
    name: 'the connection is closed right after CONNACK, for long',
    ...misled(scripts.closeAfterConnack()),
    tells: CLOSED,
    times: 5,
  },
  { name: 'an HTTP server has taken the port', ...misled(scripts.http()), tells: /^mqtt down: unexpected packet 0x48/ },
];

onEachBench('absence', (bench) => {
  test('a board that boots without its broker finds it when it is there', async (t) => {
    const rig = await bench.open(t, { isOff: true });
    await rig.broker.stop();
    await rig.proxy.refuse();
    rig.device.powerOn();
    let told = 0;
    for (let times = 0; times < 3; times += 1) told = await rig.line(/^mqtt down: Unable to create socket/, told);
    await rig.broker.start();
    await rig.proxy.listen();
    await rig.line(/^mqtt connected/);
    await rig.send(dim(120));
    await checkPeace(rig, [0, 120]);
  });
});

tellAll('outage', OUTAGES);
tellAll('handshake', HANDSHAKES);
