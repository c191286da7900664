// The console over the air, on a signed request, for ten minutes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atHome, MINUTE_MS, type Home } from './home.ts';

/** Listens to what the light publishes on its log topic. */
function listen({ broker }: Pick<Home, 'broker'>): string[] {
  const heard: string[] = [];
  broker.onPublish((topic, payload) => topic === 'light/desk/log' && heard.push(payload));
  return heard;
}

test('sends each line of the console for ten minutes, and then no more', () =>
  atHome({}, (home) => {
    const heard = listen(home);
    home.obey('{"brightness":50}', 50);
    assert.deepEqual(heard, []);
    home.order(`log ${home.nextCounter()}`);
    home.time.advance(1_000);
    home.obey('{"brightness":60}', 60);
    home.send('forged');
    home.time.advance(9 * MINUTE_MS);
    home.obey('{"brightness":70}', 70);
    home.time.advance(2 * MINUTE_MS);
    home.obey('{"brightness":80}', 80);
    assert.deepEqual(heard, ['log for ten minutes', 'light on at 60', 'update refused: wrong tag', 'light on at 70']);
    assert.equal(home.broker.retained.has('light/desk/log'), false);
    for (const line of heard) assert.ok(home.board.console.includes(line), 'it is on the serial console, too');
  }));

test('goes on over a broken connection, and with an update meanwhile', () =>
  atHome({}, (home) => {
    const heard = listen(home);
    home.order(`log ${home.nextCounter()}`);
    home.time.advance(1_000);
    home.board.accessPoint.off('dead');
    home.time.advance(20_000);
    home.board.accessPoint.on();
    home.time.advance(30_000);
    home.offer('2.0.0-B');
    home.until(() => home.version() === '2.0.0-B', 'the trial', 2 * MINUTE_MS);
    assert.ok(heard.some((line) => /^mqtt connected/.test(line)));
    assert.ok(heard.includes('update fetched 50 % of 2.0.0-B'));
  }));
