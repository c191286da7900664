import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../sim/clock.ts';
import { createStorage } from '../sim/storage.ts';
import { countBoot, infoMessage } from '../src/info.ts';

const FILE = 'light.boots';

/** One boot of a board whose reset-cause register holds `cause` among other bits. */
function boot({ storage = createStorage(), kind = 'ESP32', cause = 1, atMs = 0 } = {}) {
  const clock = createVirtualClock();
  clock.advance(atMs);
  const peek32 = (address: number): number => {
    assert.equal(kind, 'ESP32', 'a wild address crashes other chips');
    assert.equal(address, 0x3ff48034);
    return 0x3000 | (14 << 6) | cause;
  };
  return countBoot({ kind, storage, peek32, getTime: clock.getTime });
}

const VITALS = {
  version: '1.2.3',
  clientId: 'AbC',
  ip: '192.168.1.20',
  rssi: -61,
  memory: { free: 5000, usage: 886 },
  reconnects: 2,
  lastReason: 'no PINGRESP',
};

test('tells all that an owner asks for', () => {
  const told: unknown = JSON.parse(infoMessage({ count: 4, reason: 'power on', atS: 100.25 }, 3700.5, VITALS));
  assert.deepEqual(told, {
    version: '1.2.3',
    clientId: 'AbC',
    ip: '192.168.1.20',
    rssi: -61,
    uptimeS: 3600,
    freeVariables: 5000,
    usedVariables: 886,
    reconnects: 2,
    lastReconnectReason: 'no PINGRESP',
    restarts: 3,
    lastRestartReason: 'power on',
  });
});

test('leaves out what the network cannot tell', () => {
  const vitals = { ...VITALS, ip: undefined, rssi: undefined };
  const told = JSON.parse(infoMessage({ count: 1, reason: '', atS: 0 }, 0, vitals)) as object;
  assert.ok(!('ip' in told) && !('rssi' in told));
  assert.equal((told as { restarts: number }).restarts, 0);
});

test('counts every boot in the flash', () => {
  const storage = createStorage();
  assert.deepEqual(
    [1, 2, 3].map(() => boot({ storage }).count),
    [1, 2, 3],
  );
  assert.equal(storage.writes.length, 3);
});

test('starts to count again when the flash holds no number', () => {
  for (const content of ['\xff\xff', 'many', '-', ' '])
    assert.equal(boot({ storage: createStorage({ files: { [FILE]: content } }) }).count, 1);
});

test('a full flash does not keep the node from its work', () => {
  assert.equal(boot({ storage: createStorage({ sizeBytes: 8 }) }).count, 1);
});

test('remembers when the board has booted', () => {
  assert.equal(boot({ atMs: 2500 }).atS, 2.5);
});

const CAUSES: [cause: number, reason: RegExp][] = [
  [1, /power on/],
  [3, /software|watchdog/],
  [12, /software|watchdog/],
  [15, /brownout/],
  [5, /5/],
  [16, /16/],
];

for (const [cause, reason] of CAUSES) {
  test(`names the reset cause ${cause} of the ESP32`, () => {
    assert.match(boot({ cause }).reason, reason);
  });
}

test('asks no other chip for its reset cause', () => {
  for (const kind of ['ESP32C3_IDF4', 'ESP32S3', 'LINUX', '']) assert.equal(boot({ kind }).reason, '');
});
