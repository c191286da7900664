import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHandClock } from '../../sim/time/handClock.ts';
import { createScriptedWifi, type ScriptedWifi } from '../support/scriptedWifi.ts';
import { BEAT_S } from '../../src/beat.ts';
import { createStation, type WifiOptions } from '../../src/wifi.ts';

const PERIOD_MS = 20_000;
const HOME = { ssid: 'Home', password: 'secret12' };

interface Options {
  network?: { ssid?: string; password?: string };
  /** What the station has gone through before. */
  prepare?: (wifi: ScriptedWifi) => void;
}

/** A station at work, with its beat; `calls` are the changes that it tells, in order. */
function supervise({ network = HOME, prepare = () => {} }: Options = {}) {
  const clock = createHandClock();
  const wifi = createScriptedWifi();
  const log: string[] = [];
  const calls: string[] = [];
  const options: WifiOptions = {
    wifi,
    board: { log: (line) => log.push(line) },
    network,
    onAddress: (isUp) => void (isUp && calls.at(-1) === 'up' ? 0 : calls.push(isUp ? 'up' : 'down')),
  };
  prepare(wifi);
  const station = createStation(options);
  const beat = (): boolean => station.beat();
  clock.setInterval(beat, BEAT_S * 1000);
  beat();
  return { clock, wifi, log, calls, options, station, beat };
}

test('joins at once, with the password', () => {
  const { wifi, log, calls } = supervise();
  assert.deepEqual(
    wifi.joins.map(({ ssid, options }) => ({ ssid, options })),
    [{ ssid: 'Home', options: { password: 'secret12' } }],
  );
  assert.deepEqual([log, calls], [[], []]);
});

test('joins an open network without one: the chip refuses a null', () => {
  for (const password of ['', undefined]) {
    const { wifi } = supervise({ network: { ssid: 'Open', ...(password === undefined ? {} : { password }) } });
    assert.deepEqual(wifi.joins[0]?.options, {});
  }
});

test('is up once, though callback and event both say so', () => {
  const { wifi, log, calls } = supervise();
  wifi.up('192.168.1.20');
  assert.deepEqual(calls, ['up']);
  assert.deepEqual(log, ['wifi up 192.168.1.20']);
});

test('is up by the event alone, when the callback never comes', () => {
  const { wifi, calls } = supervise();
  wifi.setAddress('192.168.1.20');
  wifi.emit('connected', { ip: '192.168.1.20' });
  assert.deepEqual(calls, ['up']);
});

test('is up by the callback alone, when the event never comes', () => {
  const { wifi, calls } = supervise();
  wifi.setAddress('192.168.1.20');
  wifi.joins[0]?.callback(null);
  assert.deepEqual(calls, ['up']);
});

test('is up by its own look at the address, when neither comes', () => {
  const { clock, wifi, log, calls } = supervise();
  wifi.setAddress('192.168.1.20');
  clock.advance(PERIOD_MS);
  assert.deepEqual(calls, ['up']);
  assert.deepEqual(log, ['wifi up 192.168.1.20']);
  assert.equal(wifi.joins.length, 1);
});

test('is up at once when the station has joined already', () => {
  const { wifi, calls } = supervise({ prepare: (station) => station.setAddress('192.168.1.20') });
  assert.deepEqual(calls, ['up']);
  assert.equal(wifi.joins.length, 0);
});

test('joins again every 20 s while the callback does not come', () => {
  const { clock, wifi } = supervise();
  clock.advance(PERIOD_MS - 1);
  assert.equal(wifi.joins.length, 1);
  clock.advance(1);
  assert.equal(wifi.joins.length, 2);
  clock.advance(8 * PERIOD_MS);
  assert.equal(wifi.joins.length, 10);
});

test('joins every minute after ten minutes, and for ever', () => {
  const { clock, wifi } = supervise();
  clock.advance(30 * PERIOD_MS);
  const eager = wifi.joins.length;
  assert.equal(eager, 30);
  clock.advance(60 * 60_000);
  assert.ok(Math.abs(wifi.joins.length - eager - 60) <= 1);
  const joins = wifi.joins.length;
  clock.advance(24 * 3_600_000);
  assert.equal(wifi.joins.length - joins, 24 * 60);
});

test('is eager again after it was up', () => {
  const { clock, wifi } = supervise();
  clock.advance(3_600_000);
  wifi.up();
  wifi.down();
  const joins = wifi.joins.length;
  clock.advance(5 * PERIOD_MS);
  assert.equal(wifi.joins.length, joins + 5);
});

test('does not take a failed callback for an address', () => {
  const { clock, wifi, calls } = supervise();
  wifi.joins[0]?.callback('NO_AP_FOUND');
  assert.deepEqual(calls, []);
  clock.advance(PERIOD_MS);
  assert.equal(wifi.joins.length, 2);
});

test('does not take a late good callback for an address that is gone', () => {
  const { wifi, calls } = supervise();
  wifi.joins[0]?.callback(null);
  assert.deepEqual(calls, []);
});

test('names the reason of a failed attempt, and waits for the next period', () => {
  const { clock, wifi, log, calls } = supervise();
  wifi.down('4WAY_HANDSHAKE_TIMEOUT');
  assert.deepEqual(log, ['wifi: not joined: 4WAY_HANDSHAKE_TIMEOUT']);
  assert.deepEqual(calls, []);
  assert.equal(wifi.joins.length, 1);
  clock.advance(PERIOD_MS);
  assert.equal(wifi.joins.length, 2);
});

test('goes down, names the reason and joins again at once', () => {
  const { wifi, log, calls } = supervise();
  wifi.up();
  wifi.down('BEACON_TIMEOUT');
  assert.deepEqual(calls, ['up', 'down']);
  assert.equal(log.at(-1), 'wifi down: BEACON_TIMEOUT');
  assert.equal(wifi.joins.length, 2);
});

test('goes down once when the event is doubled', () => {
  const { wifi, calls } = supervise();
  wifi.up();
  wifi.down();
  wifi.down();
  assert.deepEqual(calls, ['up', 'down']);
  assert.equal(wifi.joins.length, 2);
});

test('goes down by its own look at the address, when the event is missing', () => {
  const { clock, wifi, log, calls } = supervise();
  wifi.up();
  wifi.setAddress(undefined);
  clock.advance(PERIOD_MS);
  assert.deepEqual(calls, ['up', 'down']);
  assert.equal(log.at(-1), 'wifi down: no address');
  assert.equal(wifi.joins.length, 2);
});

test('goes up, down and up', () => {
  const { wifi, calls } = supervise();
  wifi.up();
  wifi.down();
  wifi.up();
  assert.deepEqual(calls, ['up', 'down', 'up']);
});

test('leaves the session alone when a second connected comes with the same address', () => {
  const { wifi, calls } = supervise();
  wifi.up();
  wifi.up();
  assert.deepEqual(calls, ['up']);
});

test('restarts the session when the address is another one', () => {
  const { clock, wifi, log, calls } = supervise();
  wifi.up('192.168.1.20');
  wifi.up('192.168.1.21');
  assert.deepEqual(calls, ['up', 'down', 'up']);
  wifi.setAddress('192.168.1.22');
  clock.advance(PERIOD_MS);
  assert.deepEqual(calls, ['up', 'down', 'up', 'down', 'up']);
  assert.equal(log.at(-1), 'wifi up 192.168.1.22');
});

test('does not disturb a station that is joined', () => {
  const { clock, wifi, calls } = supervise();
  wifi.up();
  clock.advance(24 * 3_600_000);
  assert.equal(wifi.joins.length, 1);
  assert.deepEqual(calls, ['up']);
});

test('logs a connect that throws, and tries again', () => {
  const { clock, wifi, log } = supervise({ prepare: (station) => station.throwOnConnect('radio is busy') });
  assert.deepEqual(log, ['wifi: radio is busy']);
  clock.advance(PERIOD_MS);
  assert.equal(wifi.joins.length, 1);
});

test('only watches a station that is somebody else’s to join', () => {
  const { clock, wifi, calls } = supervise({ network: {} });
  wifi.setAddress('192.168.1.20');
  clock.advance(PERIOD_MS);
  wifi.down();
  clock.advance(10 * PERIOD_MS);
  assert.deepEqual(calls, ['up', 'down']);
  assert.equal(wifi.joins.length, 0);
});

test('takes a good callback for an address in a build that cannot tell it, and keeps it', () => {
  const { clock, wifi, calls } = supervise({ prepare: (station) => station.hideAddress() });
  wifi.joins[0]?.callback(null);
  clock.advance(PERIOD_MS);
  assert.deepEqual(calls, ['up']);
});

test('takes no failed callback for an address in a build that cannot tell it', () => {
  const { clock, wifi, calls } = supervise({ prepare: (station) => station.hideAddress() });
  wifi.joins[0]?.callback('NO_AP_FOUND');
  clock.advance(PERIOD_MS);
  assert.deepEqual(calls, []);
  assert.equal(wifi.joins.length, 2);
});

test('empties the details of every event, which the driver never frees', () => {
  const { wifi } = supervise();
  assert.deepEqual(wifi.up(), {});
  assert.deepEqual(wifi.down(), {});
  assert.deepEqual(wifi.down(), {});
});

test('goes on watching when what it starts or stops throws', () => {
  const { clock, wifi, calls, options } = supervise();
  const { onAddress } = options;
  wifi.up();
  options.onAddress = () => {
    throw new Error('no session');
  };
  assert.throws(() => wifi.down(), /no session/);
  options.onAddress = onAddress;
  clock.advance(PERIOD_MS);
  wifi.up();
  assert.equal(calls.at(-1), 'up');
});

test('takes events without details as they come', () => {
  const { wifi, calls } = supervise();
  wifi.setAddress('10.0.0.5');
  wifi.emit('connected');
  wifi.emit('disconnected');
  assert.deepEqual(calls, ['up', 'down']);
});

test('closes the access point that the board opens by itself, at once and whenever it is on again', () => {
  const { clock, wifi } = supervise();
  assert.equal(wifi.getStatus().mode, 'STA');
  wifi.openAccessPoint();
  wifi.up();
  assert.equal(wifi.getStatus().mode, 'APSTA');
  clock.advance(BEAT_S * 1000);
  assert.equal(wifi.getStatus().mode, 'STA');
});

test('goes on in a build that has no access point, no status and no way to leave', () => {
  const { calls, station, wifi } = supervise({
    prepare: (radio) => {
      for (const name of ['getStatus', 'stopAP', 'disconnect']) Reflect.deleteProperty(radio, name);
    },
  });
  wifi.up();
  station.leave(false);
  assert.deepEqual(calls, ['up', 'down']);
});

test('makes up within one beat for a start that was cut off in the middle', () => {
  const { clock, wifi, calls, options } = supervise();
  const { onAddress } = options;
  options.onAddress = () => {
    throw new Error('Execution Interrupted');
  };
  assert.throws(() => wifi.up());
  options.onAddress = onAddress;
  clock.advance(BEAT_S * 1000);
  assert.deepEqual(calls, ['up']);
});

test('tells when an association is on its way: nothing may break it', () => {
  const { clock, wifi, beat } = supervise();
  assert.equal(beat(), false);
  clock.advance(BEAT_S * 1000);
  assert.equal(beat(), true);
  wifi.up();
  assert.equal(beat(), true);
});

test('leaves a network whose association is dead, and joins again with the next beat', () => {
  const { clock, wifi, log, calls, station } = supervise();
  wifi.up();
  station.leave(false);
  assert.deepEqual(calls, ['up', 'down']);
  assert.ok(log.includes('wifi down: leaves, to join again'));
  clock.advance(BEAT_S * 1000);
  assert.equal(wifi.joins.length, 2);
});

test('leaves for good', () => {
  const { clock, wifi, calls, station } = supervise();
  wifi.up();
  station.leave(true);
  clock.advance(3_600_000);
  assert.deepEqual(calls, ['up', 'down']);
  assert.equal(wifi.joins.length, 1);
});

test('takes a network that is not ours to join for one that is up', () => {
  const calls: string[] = [];
  const station = createStation({
    ...{ wifi: undefined, board: { log: () => {} }, network: HOME },
    onAddress: (isUp) => void calls.push(isUp ? 'up' : 'down'),
  });
  assert.equal(station.beat(), true);
  assert.ok(station.address);
  assert.deepEqual(calls, ['up']);
});
