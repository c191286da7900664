import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Report } from '../../src/reports.ts';
import { DISCOVERY_TOPIC, readDiscovery } from '../support/homeAssistantRules.ts';
import { boot, CONFIG, INFO, STATE, VERSIONS } from '../support/reporting.ts';

test('announces itself to Home Assistant at every session when told so, with one flash write in all', () => {
  const { connect, lose, sent, storage } = boot({ homeAssistant: true });
  for (let session = 0; session < 3; session += 1) {
    connect();
    lose();
  }
  const announced = sent.filter((message) => message.topic === CONFIG);
  assert.match(CONFIG, DISCOVERY_TOPIC);
  assert.equal(announced.length, 3);
  assert.equal(readDiscovery(announced[0]!.payload)['availability_topic'], 'light/desk/status');
  assert.equal(storage.writes.length, 1);
});

test('takes the announcement back when the option is gone, once and for ever', () => {
  const { storage, connect } = boot({ homeAssistant: true });
  connect();
  const second = boot({ storage });
  second.connect();
  assert.deepEqual(
    second.sent.filter((message) => message.topic === CONFIG).map((message) => message.payload),
    [''],
  );
  second.lose();
  second.connect();
  const third = boot({ storage });
  third.connect();
  for (const { topics } of [second, third])
    assert.ok(topics().filter((topic) => topic.startsWith('homeassistant/')).length <= 1);
  assert.deepEqual(third.topics().sort(), [VERSIONS, INFO, STATE].sort());
});

test('an announcement that could not be taken back yet is taken back later', () => {
  const { storage, connect } = boot({ homeAssistant: true });
  connect();
  const congested = boot({ storage });
  congested.now.isOnline = true;
  congested.reports.flush(Report.STATE);
  congested.lose();
  congested.reports.flush(Report.ANNOUNCEMENT);
  const next = boot({ storage });
  next.connect();
  assert.ok(next.topics().includes(CONFIG));
});

test('a node with another name takes the announcement of the old one back', () => {
  const { storage, connect } = boot({ homeAssistant: true });
  connect();
  const renamed = boot({ homeAssistant: true, storage, name: 'shelf' });
  renamed.connect();
  renamed.lose();
  renamed.connect();
  const told = renamed.sent.filter((message) => message.topic.startsWith('homeassistant/'));
  assert.deepEqual(
    told.map(({ topic, payload }) => [topic, payload === '']),
    [
      [CONFIG, true],
      [CONFIG.replace('desk', 'shelf'), false],
      [CONFIG.replace('desk', 'shelf'), false],
    ],
  );
});
