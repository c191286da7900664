import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScriptedWifi } from './scriptedWifi.ts';

test('records who wants to join, and with which options', () => {
  const wifi = createScriptedWifi();
  wifi.connect('Home', { password: 'secret' }, () => {});
  wifi.connect('Open', {}, () => {});
  assert.deepEqual(
    wifi.joins.map(({ ssid, options }) => ({ ssid, options })),
    [
      { ssid: 'Home', options: { password: 'secret' } },
      { ssid: 'Open', options: {} },
    ],
  );
});

test('has the address 0.0.0.0 until it has joined', () => {
  const wifi = createScriptedWifi();
  assert.deepEqual(wifi.getIP(), { ip: '0.0.0.0' });
  assert.deepEqual(wifi.getStatus(), { mode: 'AP' });
  wifi.up('10.0.0.5');
  assert.deepEqual(wifi.getIP(), { ip: '10.0.0.5' });
  assert.equal(wifi.getStatus().rssi, -58);
  wifi.down();
  assert.deepEqual(wifi.getIP(), { ip: '0.0.0.0' });
});

test('calls back the newest join alone, before the event', () => {
  const wifi = createScriptedWifi();
  const seen: string[] = [];
  wifi.connect('Home', {}, () => seen.push('first'));
  wifi.connect('Home', {}, (error) => seen.push(`second ${error}`));
  wifi.on('connected', (details) => seen.push(`connected ${details?.ip}`));
  wifi.up('10.0.0.5');
  assert.deepEqual(seen, ['second null', 'connected 10.0.0.5']);
});

test('gives a reason when it loses the network', () => {
  const wifi = createScriptedWifi();
  const seen: unknown[] = [];
  wifi.on('disconnected', (details) => seen.push(details?.msg));
  wifi.up();
  wifi.down('NO_AP_FOUND');
  assert.deepEqual(seen, ['NO_AP_FOUND']);
});

test('loses and finds its address without an event', () => {
  const wifi = createScriptedWifi();
  let events = 0;
  wifi.on('connected', () => (events += 1));
  wifi.on('disconnected', () => (events += 1));
  wifi.setAddress('10.0.0.5');
  assert.deepEqual(wifi.getIP(), { ip: '10.0.0.5' });
  wifi.setAddress(undefined);
  assert.deepEqual(wifi.getIP(), { ip: '0.0.0.0' });
  assert.equal(events, 0);
});

test('shares the details of an event, so that a listener can empty them', () => {
  const wifi = createScriptedWifi();
  wifi.on('connected', (details) => delete details?.['ip']);
  assert.deepEqual(wifi.emit('connected', { ip: '10.0.0.5', gw: '10.0.0.1' }), { gw: '10.0.0.1' });
});

test('throws from the next connect, once', () => {
  const wifi = createScriptedWifi();
  wifi.throwOnConnect('busy');
  assert.throws(() => wifi.connect('Home', {}, () => {}), /busy/);
  wifi.connect('Home', {}, () => {});
  assert.equal(wifi.joins.length, 1);
});

test('can be a build without getIP', () => {
  const wifi = createScriptedWifi();
  wifi.hideAddress();
  assert.throws(() => wifi.getIP(), /not found/);
});

test('has an access point of its own until that is stopped', () => {
  const wifi = createScriptedWifi();
  wifi.connect('Home', {}, () => {});
  wifi.up();
  assert.equal(wifi.getStatus().mode, 'APSTA');
  let calls = 0;
  wifi.stopAP(() => (calls += 1));
  assert.equal(wifi.getStatus().mode, 'STA');
  assert.equal(calls, 1);
});

test('associates before it has an address', () => {
  const wifi = createScriptedWifi();
  const seen: string[] = [];
  wifi.on('associated', (details) => seen.push(`associated ${details?.['ssid']} ${wifi.getIP()?.ip}`));
  wifi.on('connected', () => seen.push('connected'));
  wifi.up();
  assert.deepEqual(seen, ['associated Home 0.0.0.0', 'connected']);
});

test('leaves when asked, and is silent once its listeners are gone', () => {
  const wifi = createScriptedWifi();
  const seen: unknown[] = [];
  wifi.on('disconnected', (details) => seen.push(details?.msg));
  wifi.up();
  wifi.disconnect(() => seen.push('left'));
  assert.deepEqual(seen, ['ASSOC_LEAVE', 'left']);
  wifi.removeAllListeners();
  wifi.down();
  assert.equal(seen.length, 2);
});
