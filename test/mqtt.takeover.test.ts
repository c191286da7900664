// When the session concludes that another client uses its identifier, and when it does not.
import assert from 'node:assert/strict';
import { flow, type Rig } from './mqttRig.ts';

/** A session that the broker ends at once, as it does when another client comes with the same identifier. */
function shortSession(rig: Rig, sessionPresent: boolean): void {
  rig.accept(sessionPresent);
  rig.closeByPeer();
  rig.nextTimer();
}

function shortSessions(rig: Rig, count: number, sessionPresent: boolean): void {
  for (let session = 0; session < count; session += 1) shortSession(rig, sessionPresent);
}

/** A session that reaches its first PINGREQ. */
function longSession(rig: Rig): void {
  rig.accept(true);
  rig.advance(15_000);
  rig.closeByPeer();
  rig.nextTimer();
}

flow('takes another identifier after three short sessions, each wiped by the other client', (rig) => {
  rig.start();
  shortSessions(rig, 2, false);
  assert.equal(rig.renewals(), 0);
  shortSession(rig, false);
  assert.equal(rig.renewals(), 1);
  const [packet] = rig.sent();
  assert.ok(packet?.cmd === 'connect');
  assert.equal(packet.clientId, 'lamp1');
});

flow('takes another identifier after five short sessions, where they are not wiped', (rig) => {
  rig.start();
  shortSessions(rig, 4, true);
  assert.equal(rig.renewals(), 0);
  shortSession(rig, true);
  assert.equal(rig.renewals(), 1);
});

flow('does not count it as a sign that its very first session is a new one', (rig) => {
  rig.start();
  shortSession(rig, false);
  shortSessions(rig, 3, true);
  assert.equal(rig.renewals(), 0);
  shortSession(rig, true);
  assert.equal(rig.renewals(), 1);
});

flow('says on the log as whom it is connected then', (rig) => {
  rig.start();
  shortSessions(rig, 3, false);
  rig.accept();
  assert.equal(rig.lastLine(), 'mqtt connected as lamp1 at broker.lan:1883');
});

flow('counts from the beginning after it has taken another identifier', (rig) => {
  rig.start();
  shortSessions(rig, 5, true);
  shortSessions(rig, 4, true);
  assert.equal(rig.renewals(), 1);
  shortSession(rig, true);
  assert.equal(rig.renewals(), 2);
});

flow('counts a session that is ended before SUBACK, too', (rig) => {
  rig.start();
  for (let session = 0; session < 5; session += 1) {
    rig.connack({ sessionPresent: true });
    rig.closeByPeer();
    rig.nextTimer();
  }
  assert.equal(rig.renewals(), 1);
});

flow('keeps its identifier when a session between the short ones lasted', (rig) => {
  rig.start();
  shortSessions(rig, 4, true);
  longSession(rig);
  shortSessions(rig, 4, true);
  assert.equal(rig.renewals(), 0);
});

flow('keeps its identifier however often sessions that lasted are lost', (rig) => {
  rig.start();
  for (let session = 0; session < 20; session += 1) longSession(rig);
  assert.equal(rig.renewals(), 0);
});

flow('keeps its identifier when the broker refused TCP in between: it restarts, and nobody else is there', (rig) => {
  rig.start();
  shortSessions(rig, 4, true);
  rig.closeByPeer();
  rig.net.throwOnConnect('Unable to connect');
  rig.nextTimer();
  rig.net.throwOnConnect(undefined);
  rig.nextTimer();
  shortSessions(rig, 4, true);
  assert.equal(rig.renewals(), 0);
});

for (const [name, end] of [
  ['accepts TCP and closes', (rig: Rig) => rig.closeByPeer()],
  ['never answers CONNECT', (rig: Rig) => rig.advance(10_000)],
  ['refuses the login', (rig: Rig) => rig.connack({ returnCode: 5 })],
] as const) {
  flow(`keeps its identifier at a broker that ${name}, for as long as it likes`, (rig) => {
    rig.start();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      end(rig);
      rig.nextTimer();
    }
    assert.equal(rig.renewals(), 0);
  });
}

flow('keeps its identifier at a broker that refuses the subscription', (rig) => {
  rig.start();
  for (let attempt = 0; attempt < 20; attempt += 1) {
    rig.connack();
    rig.suback([0x80, 0x80, 0x80]);
    rig.nextTimer();
  }
  assert.equal(rig.renewals(), 0);
});
