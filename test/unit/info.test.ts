import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScriptedWifi } from '../support/scriptedWifi.ts';
import { createStorage } from '../../sim/board/storage.ts';
import { infoMessage } from '../../src/info.ts';
import { board, VITALS } from '../support/reporting.ts';

const told = (vitals: Partial<typeof VITALS> = {}): Record<string, unknown> => {
  const wifi = createScriptedWifi();
  wifi.setAddress('192.168.1.20');
  return JSON.parse(infoMessage(board(), wifi, { ...VITALS, ...vitals })) as Record<string, unknown>;
};

test('tells all that an owner asks for', () => {
  assert.deepEqual(told(), {
    version: '1.2.3',
    clientId: 'AbC',
    ip: '192.168.1.20',
    rssi: -58,
    uptimeS: 3600,
    freeVariables: 5000,
    usedVariables: 886,
    flashFreeKB: 896,
    reconnects: 2,
    lastReconnectReason: 'no PINGRESP',
    restarts: 3,
    lastRestartReason: 'power on',
    powerOn: 'off',
    serial: 'aabbccdd-eeff',
    update: '',
  });
});

test('a board with a loader tells its slot, and how many updates the flash has room for', () => {
  const read = (leave: number) => {
    const storage = createStorage({ files: { 'light.b': 'x'.repeat(20_000) } });
    storage.fill(leave);
    const message = infoMessage({ ...board(storage), boot: 'bA' }, undefined, { ...VITALS, update: 'kept' });
    return JSON.parse(message) as Record<string, unknown>;
  };
  const { slot, update, updatesLeft } = read(50_000);
  assert.deepEqual({ slot, update, updatesLeft }, { slot: 'b', update: 'kept', updatesLeft: 2 });
  assert.equal(read(20_000)['updatesLeft'], 0);
  assert.equal(read(1_000)['updatesLeft'], 0);
});

test('tells the beginning of the last error', () => {
  const storage = createStorage({ files: { ERROR: `ReferenceError: "nope" is not defined\n${'x'.repeat(200)}` } });
  const message = JSON.parse(infoMessage(board(storage), undefined, VITALS)) as { lastError: string };
  assert.match(message.lastError, /^ReferenceError: "nope" is not defined\nx{60,62}$/);
});

test('leaves out what the network cannot tell', () => {
  const hidden = createScriptedWifi();
  hidden.hideAddress();
  for (const wifi of [undefined, hidden]) {
    const message = JSON.parse(infoMessage(board(), wifi, VITALS)) as object;
    assert.ok(!('ip' in message) && !('rssi' in message));
    assert.equal((message as { restarts: number }).restarts, 3);
  }
});

test('counts whole kB of the flash', () => {
  const flash = createStorage({ sizeBytes: 2047 });
  assert.equal((JSON.parse(infoMessage(board(flash), undefined, VITALS)) as { flashFreeKB: number }).flashFreeKB, 1);
});

const CAUSES: [cause: number, reason: RegExp][] = [
  [0, /^$/],
  [1, /power on/],
  [3, /software|watchdog/],
  [12, /software|watchdog/],
  [15, /brownout/],
  [5, /5/],
  [16, /16/],
];

for (const [resetCause, reason] of CAUSES) {
  test(`names the reset cause ${resetCause} of the ESP32`, () => {
    assert.match(String(told({ resetCause })['lastRestartReason']), reason);
  });
}

test('a reason of its own says more than the reset cause, which stays', () => {
  assert.equal(told({ restartReason: 'low memory', resetCause: 1 })['lastRestartReason'], 'low memory');
});
