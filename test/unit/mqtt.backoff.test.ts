// When the session tries again, and where.
import assert from 'node:assert/strict';
import { flow, type Rig } from '../support/mqttRig.ts';

const PINGRESP = '\xd0\x00';
const TWO = [
  { host: 'one', port: 1883 },
  { host: 'two', port: 1884 },
];

/** Seconds until the next attempt, as the log and the clock both say. */
function retryS(rig: Rig): number {
  const [, logged] = /, retry in ([\d.]+) s$/.exec(rig.lastLine() ?? '') ?? [];
  const waitS = Math.round(rig.clock.nextInMs() ?? assert.fail('no timer waits')) / 1000;
  assert.equal(Number(logged), Number(waitS.toFixed(1)));
  return waitS;
}

const hosts = (rig: Rig): string => rig.net.attempts.map(({ host }) => host).join(' ');

/** The link answers until its session has lasted. */
function last(rig: Rig): void {
  rig.advance(15_000);
  rig.receive(PINGRESP);
}

flow(
  'waits in a window that doubles up to a minute while the broker is absent',
  (rig) => {
    rig.net.throwOnConnect('Unable to connect');
    rig.start();
    const waits = [1, 2, 4, 8, 16, 32, 60, 60];
    for (const wait of waits) {
      assert.equal(retryS(rig), wait);
      rig.nextTimer();
    }
    assert.equal(rig.log[0], 'mqtt down: Unable to connect, retry in 1.0 s');
    assert.equal(rig.net.attempts.length, waits.length + 1);
  },
  { random: () => 1 },
);

const fractions = [0.1, 0.9, 0.25, 0];
flow(
  'waits a random part of each window',
  (rig) => {
    rig.net.throwOnConnect('Unable to connect');
    rig.mqtt.start();
    assert.equal(rig.clock.nextInMs(), 100);
    rig.nextTimer();
    assert.equal(retryS(rig), 0.9);
    rig.nextTimer();
    assert.equal(retryS(rig), 0.5);
    rig.nextTimer();
    assert.equal(retryS(rig), 0);
  },
  { random: () => fractions.shift() ?? 1 },
);

flow(
  'begins with the shortest window again after a session that lasted',
  (rig) => {
    rig.net.throwOnConnect('Unable to connect');
    rig.start();
    for (let attempt = 0; attempt < 5; attempt += 1) rig.nextTimer();
    rig.net.throwOnConnect(undefined);
    rig.nextTimer();
    rig.accept();
    last(rig);
    rig.closeByPeer();
    assert.equal(retryS(rig), 1);
  },
  { random: () => 1 },
);

flow(
  'takes a session that ends at once for one more failure: a broker that closes in a loop is not hammered',
  (rig) => {
    rig.start();
    for (const wait of [1, 2, 4]) {
      rig.accept();
      rig.closeByPeer();
      assert.equal(retryS(rig), wait);
      rig.nextTimer();
    }
  },
  { random: () => 1 },
);

flow(
  'waits at least as long as the attempt has blocked the whole chip',
  (rig) => {
    rig.net.throwOnConnect('Unable to connect');
    rig.net.onConnect(() => rig.clock.block(18_000));
    rig.start();
    assert.equal(retryS(rig), 18);
  },
  { random: () => 0 },
);

flow(
  'adds its random wait to the time that the attempt has blocked: a fleet whose brokers are switched off does not go in step',
  (rig) => {
    rig.net.throwOnConnect('Unable to connect');
    rig.net.onConnect(() => rig.clock.block(18_000));
    rig.start();
    assert.equal(retryS(rig), 19);
  },
  { random: () => 1 },
);

flow(
  'forgets how long an older attempt has blocked',
  (rig) => {
    rig.net.throwOnConnect('Unable to connect');
    rig.net.onConnect(() => rig.clock.block(18_000));
    rig.start();
    rig.net.throwOnConnect(undefined);
    rig.nextTimer();
    rig.closeByPeer();
    assert.equal(retryS(rig), 0);
  },
  { random: () => 0 },
);

flow(
  'tries each broker of the list once, the next at once, before it waits',
  (rig) => {
    rig.net.throwOnConnect('Unable to connect');
    rig.start();
    assert.equal(retryS(rig), 0);
    rig.nextTimer();
    assert.equal(retryS(rig), 1);
    rig.nextTimer();
    assert.equal(retryS(rig), 0);
    rig.nextTimer();
    assert.equal(retryS(rig), 2);
    assert.equal(hosts(rig), 'one two one two');
    assert.equal(rig.net.attempts[1]?.port, 1884);
  },
  { broker: TWO, random: () => 1 },
);

flow(
  'hands over to the next broker when one refuses, hangs or talks nonsense',
  (rig) => {
    rig.start();
    rig.connack({ returnCode: 3 });
    rig.nextTimer();
    rig.advance(10_000);
    rig.nextTimer();
    rig.receive('HTTP/1.1 400');
    rig.nextTimer();
    assert.equal(hosts(rig), 'one two one two');
  },
  { broker: TWO },
);

flow(
  'stays with a broker that was good, and returns to it when the session is lost',
  (rig) => {
    rig.start();
    rig.closeByPeer();
    rig.nextTimer();
    rig.accept();
    assert.equal(rig.lastLine(), 'mqtt connected as lamp0 at two:1884');
    last(rig);
    rig.closeByPeer();
    rig.nextTimer();
    assert.equal(hosts(rig), 'one two two');
  },
  { broker: TWO },
);

flow(
  'tries the other one when the good one does not come back',
  (rig) => {
    rig.start();
    rig.accept();
    last(rig);
    rig.closeByPeer();
    rig.net.throwOnConnect('Unable to connect');
    rig.nextTimer();
    rig.nextTimer();
    assert.equal(hosts(rig), 'one one two');
  },
  { broker: TWO },
);

flow(
  'waits as long as the attempt has blocked before it tries the next broker of the list, too',
  (rig) => {
    rig.net.throwOnConnect('Unable to connect');
    rig.net.onConnect(() => rig.clock.block(9_300));
    rig.start();
    assert.equal(retryS(rig), 9.3);
  },
  { broker: TWO, random: () => 0 },
);

flow('tries for as long as it takes: a day without a broker, and it is back', (rig) => {
  rig.net.throwOnConnect('Unable to connect');
  rig.start();
  rig.advance(24 * 3600 * 1000);
  rig.net.throwOnConnect(undefined);
  rig.nextTimer();
  rig.accept();
  assert.deepEqual(rig.ready, [true]);
});

flow(
  'spreads its move to the next broker after a session that had just begun: a node that dies ends many of them at once',
  (rig) => {
    rig.online();
    rig.closeByPeer();
    assert.equal(retryS(rig), 1);
    rig.nextTimer();
    assert.equal(hosts(rig), 'one two');
  },
  { random: () => 1, broker: TWO },
);

flow(
  'spreads its return over the seconds that the settings say, from the start on',
  (rig) => {
    rig.net.throwOnConnect('Unable to connect');
    rig.mqtt.start();
    assert.equal(rig.clock.nextInMs(), 20_000);
    rig.nextTimer();
    assert.equal(retryS(rig), 20);
  },
  { random: () => 1, spreadS: 20 },
);
