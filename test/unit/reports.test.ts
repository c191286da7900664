import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Report } from '../../src/reports.ts';
import { boot, INFO, INFO_BEATS, STATE, VERSIONS } from '../support/reporting.ts';

test('tells state and info when a session begins, and nothing to Home Assistant', () => {
  const { connect, reports, sent, topics } = boot();
  reports.state('on');
  connect();
  assert.deepEqual(topics(), [STATE, INFO, VERSIONS]);
  assert.equal(sent.find((message) => message.topic === STATE)?.payload, 'on');
});

test('tells each change of the state once', () => {
  const { connect, reports, topics, sent } = boot();
  connect();
  sent.length = 0;
  reports.state('on');
  reports.state('off');
  assert.deepEqual(topics(), [STATE, STATE]);
});

test('tells what has changed meanwhile once, as it is when the session is back', () => {
  const { connect, reports, sent } = boot();
  for (const state of ['on', 'off', 'on']) reports.state(state);
  assert.equal(sent.length, 0);
  connect();
  assert.deepEqual(
    sent.filter((message) => message.topic === STATE).map((message) => message.payload),
    ['on'],
  );
});

test('on a congested link it waits, and then tells what is true by then, each once', () => {
  const { connect, lose, reports, now, topics, sent } = boot();
  connect();
  sent.length = 0;
  lose();
  reports.state('on');
  reports.state('dimmed');
  reports.flush(0);
  now.isOnline = true;
  reports.flush(0);
  reports.flush(0);
  assert.deepEqual(topics(), [STATE]);
  assert.equal(sent[0]?.payload, 'dimmed');
});

test('a state waits with what waits, and goes out first of it', () => {
  const { connect, lose, reports, now, topics, sent, beats } = boot();
  connect();
  lose();
  beats(INFO_BEATS);
  now.isOnline = true;
  sent.length = 0;
  reports.state('on');
  assert.deepEqual(topics(), []);
  reports.flush(0);
  assert.deepEqual(topics(), [STATE, INFO]);
});

test('a state that was left behind goes out with the next beat', () => {
  const { connect, reports, now, topics, sent, beats } = boot();
  connect();
  now.isOnline = false;
  reports.state('on');
  now.isOnline = true;
  sent.length = 0;
  beats(2);
  assert.deepEqual(topics(), [STATE]);
});

test('tells which version runs, and what an updater is at, with the keys of Home Assistant', () => {
  const { connect, reports, client, sent } = boot();
  connect();
  client.updater = { latest: '1.3.0', percent: 40, receive() {}, onChunk() {}, onRefusal() {} };
  reports.flush(Report.FIRMWARE);
  client.updater.percent = undefined;
  reports.flush(Report.FIRMWARE);
  const told = sent.filter(({ topic }) => topic === VERSIONS).map(({ payload }) => JSON.parse(payload) as unknown);
  const idle = { installed_version: '1.2.3', latest_version: '1.2.3', in_progress: false, update_percentage: null };
  assert.deepEqual(told, [
    idle,
    { ...idle, latest_version: '1.3.0', in_progress: true, update_percentage: 40 },
    { ...idle, latest_version: '1.3.0' },
  ]);
});

test('a report that fails costs one line, and keeps no other waiting', () => {
  const { connect, now, topics, log } = boot({ homeAssistant: true });
  now.infoError = 'no memory';
  connect();
  assert.equal(topics().length, 3);
  assert.deepEqual(log, ['report failed: no memory']);
});

test('info comes again after each connect', () => {
  const { connect, lose, info } = boot();
  for (let session = 0; session < 3; session += 1) {
    connect();
    lose();
  }
  assert.equal(info().length, 3);
});

test('info comes every five minutes, however many sessions there were', () => {
  const { connect, lose, beats, sent, info } = boot();
  for (let session = 0; session < 5; session += 1) {
    connect();
    lose();
  }
  connect();
  sent.length = 0;
  beats(3 * INFO_BEATS);
  assert.deepEqual(
    info().map((told) => told.uptimeS),
    [300, 600, 900],
  );
});

test('info that fell due while the node was away is told once', () => {
  const { connect, lose, beats, sent, info } = boot();
  connect();
  lose();
  sent.length = 0;
  beats(3 * INFO_BEATS);
  connect();
  assert.equal(info().length, 1);
});

test('a node that was never connected has nothing more to tell, however long that takes', () => {
  const { beats, connect, topics } = boot();
  beats(10 * INFO_BEATS);
  connect();
  assert.deepEqual(topics(), [STATE, INFO, VERSIONS]);
});
