// When the session concludes that another client uses its identifier, and when it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRig, flow, message, type Rig } from '../support/mqttRig.ts';

const PINGRESP = '\xd0\x00';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A session that the broker ends at once, as it does when another client comes with the same identifier. */
function shortSession(rig: Rig): void {
  rig.accept(true);
  rig.closeByPeer();
  rig.nextTimer();
}

/** Nothing but short sessions for so long. */
function shortSessionsFor(rig: Rig, ms: number): void {
  for (const untilMs = rig.clock.nowMs() + ms; rig.clock.nowMs() < untilMs;) shortSession(rig);
}

/** A session that lasts two minutes. */
function longSession(rig: Rig): void {
  rig.accept(true);
  for (let pings = 0; pings < 8; pings += 1) {
    rig.advance(15_000);
    rig.receive(PINGRESP);
  }
  rig.closeByPeer();
  rig.nextTimer();
}

flow(
  'keeps its identifier through nine minutes of nothing but short sessions, and takes another after some more',
  (rig) => {
    rig.start();
    shortSessionsFor(rig, 9 * MINUTE_MS);
    assert.equal(rig.renewals(), 0);
    shortSessionsFor(rig, 2 * MINUTE_MS);
    assert.equal(rig.renewals(), 1);
    const [packet] = rig.sent();
    assert.ok(packet?.cmd === 'connect');
    assert.equal(packet.clientId, 'lamp1');
    rig.accept();
    assert.equal(rig.lastLine(), 'mqtt connected as lamp1 at broker.lan:1883');
  },
);

flow('does so once a day, and says in between what it looks like', (rig) => {
  rig.start();
  shortSessionsFor(rig, DAY_MS - MINUTE_MS);
  assert.equal(rig.renewals(), 1);
  assert.ok(rig.log.some((line) => line.startsWith('the broker ends every session: ')));
  shortSessionsFor(rig, 30 * MINUTE_MS);
  assert.equal(rig.renewals(), 2);
});

flow('counts a session that is ended before SUBACK, too', (rig) => {
  rig.start();
  for (const untilMs = 11 * MINUTE_MS; rig.clock.nowMs() < untilMs;) {
    rig.connack({ sessionPresent: true });
    rig.closeByPeer();
    rig.nextTimer();
  }
  assert.equal(rig.renewals(), 1);
});

flow('is not fooled by first PINGRESPs: two lights with one identifier both wait for as long as a minute', (rig) => {
  rig.start();
  for (const untilMs = 11 * MINUTE_MS; rig.clock.nowMs() < untilMs;) {
    rig.accept(true);
    rig.advance(15_000);
    rig.receive(PINGRESP);
    rig.advance(10_000);
    rig.closeByPeer();
    rig.nextTimer();
  }
  assert.equal(rig.renewals(), 1);
});

flow('takes a session that ends in the middle of a packet for the network, not for a rival', (rig) => {
  rig.start();
  for (const untilMs = 30 * MINUTE_MS; rig.clock.nowMs() < untilMs;) {
    rig.accept(true);
    rig.receive('\x30\x14'); // the head of a PUBLISH
    rig.closeByPeer();
    rig.nextTimer();
  }
  assert.equal(rig.renewals(), 0);
});

for (const topic of ['light/other/status', 'light/x/set'])
  flow(
    `takes another identifier after two short sessions when ${topic} is heard live: the session is shared`,
    (rig) => {
      rig.start();
      shortSession(rig);
      rig.accept(true);
      rig.receive(message('offline', { topic }));
      assert.equal(rig.renewals(), 0);
      rig.closeByPeer();
      rig.nextTimer();
      assert.equal(rig.renewals(), 1);
    },
  );

flow(
  'forgets another light that was heard in a session that lasted: an old name of ours may be its name now',
  (rig) => {
    rig.start();
    rig.accept(true);
    rig.receive(message('online', { topic: 'light/old/status' }));
    for (let pings = 0; pings < 8; pings += 1) {
      rig.advance(15_000);
      rig.receive(PINGRESP);
    }
    rig.closeByPeer();
    rig.nextTimer();
    for (let session = 0; session < 4; session += 1) shortSession(rig);
    assert.equal(rig.renewals(), 0);
  },
);

flow('takes what another light has retained for no sign of a shared session', (rig) => {
  rig.start();
  for (let session = 0; session < 4; session += 1) {
    rig.accept(true);
    rig.receive(message('offline', { topic: 'light/other/status', retain: true }));
    rig.closeByPeer();
    rig.nextTimer();
  }
  assert.equal(rig.renewals(), 0);
});

flow('keeps its identifier however long, when a session between the short ones lasted', (rig) => {
  rig.start();
  for (let round = 0; round < 10; round += 1) {
    shortSessionsFor(rig, 8 * MINUTE_MS);
    longSession(rig);
  }
  assert.equal(rig.renewals(), 0);
});

flow('keeps its identifier when the broker refused TCP in between: it restarts, and nobody else is there', (rig) => {
  rig.start();
  for (let round = 0; round < 10; round += 1) {
    shortSessionsFor(rig, 8 * MINUTE_MS);
    rig.closeByPeer();
    rig.net.throwOnConnect('Unable to connect');
    rig.nextTimer();
    rig.net.throwOnConnect(undefined);
    rig.nextTimer();
  }
  assert.equal(rig.renewals(), 0);
});

for (const [name, end] of [
  ['accepts TCP and closes', (rig: Rig) => rig.closeByPeer()],
  ['never answers CONNECT', (rig: Rig) => rig.advance(10_000)],
  ['refuses the login', (rig: Rig) => rig.connack({ returnCode: 5 })],
  [
    'refuses the subscription',
    (rig: Rig) => {
      rig.connack();
      rig.suback([0x80, 0x80, 0x80]);
    },
  ],
] as const) {
  flow(`keeps its identifier at a broker that ${name}, for as long as it likes`, (rig) => {
    rig.start();
    for (let attempt = 0; attempt < 60; attempt += 1) {
      end(rig);
      rig.nextTimer();
    }
    assert.equal(rig.renewals(), 0);
  });
}

const FAILURES: Record<string, (rig: Rig) => void> = {
  short: shortSession,
  long: longSession,
  silent: (rig) => {
    rig.advance(10_000);
    rig.nextTimer();
  },
  refused: (rig) => {
    rig.closeByPeer();
    rig.net.throwOnConnect('Unable to connect');
    rig.nextTimer();
    rig.net.throwOnConnect(undefined);
    rig.nextTimer();
  },
  deaf: (rig) => {
    rig.accept(true);
    rig.advance(30_000);
    rig.nextTimer();
  },
};

test('no network that also fails in other ways, at least every ten minutes, costs it its identifier', () => {
  const others = fc.constantFrom(...Object.keys(FAILURES).filter((name) => name !== 'short'));
  const rounds = fc.array(fc.tuple(fc.nat({ max: 8 * MINUTE_MS }), others), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(rounds, fc.float({ min: Math.fround(0.05), max: 1, noNaN: true }), (bad, random) => {
      const rig = createRig({ random: () => random });
      rig.start();
      for (const [ms, other] of bad) {
        shortSessionsFor(rig, ms);
        FAILURES[other]!(rig);
      }
      assert.equal(rig.renewals(), 0);
    }),
    { numRuns: 60 },
  );
});

flow('a piece of a program is no sign that another light shares the session', (rig) => {
  rig.start();
  for (let session = 0; session < 4; session += 1) {
    rig.accept(true);
    rig.receive(message('x', { topic: `light/firmware/${'0'.repeat(64)}/1` }));
    rig.closeByPeer();
    rig.nextTimer();
  }
  assert.equal(rig.renewals(), 0);
});
