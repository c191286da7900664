// Forged, replayed, reordered and truncated messages: refused in one line, and nothing changes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createKey, offerText, settingsText, signed } from '../support/signing.ts';
import { atHome, checkSound, imageOf, MINUTE_MS, SETTINGS, type Home } from './home.ts';

const A = '1.0.0-A';
const B = '2.0.0-B';
const C = '3.0.0-C';

/** Every file of the flash but those that any boot and command change. */
const filesOf = ({ board: { storage } }: Home): string =>
  JSON.stringify(
    storage
      .list()
      .filter((name) => !name.startsWith('light.log'))
      .map((name) => [name, storage.read(name)]),
  );

/** Sends a message that must be refused, and checks that nothing has changed. */
function refuse(home: Home, payload: string, why: RegExp): void {
  const before = filesOf(home);
  const lines = home.board.console.length;
  home.send(payload);
  home.time.advance(3_000);
  const said = home.board.console.slice(lines);
  assert.equal(said.length, 1, said.join('\n'));
  assert.match(said[0]!, why);
  assert.ok(!home.info()['update'] || said[0] === `update ${home.info()['update']}` || /old counter/.test(said[0]!));
  assert.equal(filesOf(home), before);
}

const offer = (home: Home, version = B, counter = home.nextCounter()): string =>
  signed(home.key, offerText(counter, imageOf(version), version));

test('a replayed offer is refused, before and after a restart; so is an older one', () =>
  atHome({}, (home) => {
    const older = offer(home, C);
    const message = offer(home);
    home.put(imageOf(B));
    home.send(message);
    home.until(() => home.info()['update'] === 'kept', 'B');
    refuse(home, message, /^update refused: old counter$/);
    refuse(home, older, /^update refused: old counter$/);
    home.board.reset();
    home.time.advance(10_000);
    refuse(home, message, /^update refused: old counter$/);
    refuse(home, older, /^update refused: old counter$/);
    checkSound(home, [B]);
  }));

test('offers that come in another order: only what rises counts', () =>
  atHome({}, (home) => {
    const first = offer(home, B);
    const second = offer(home, C);
    home.put(imageOf(B));
    home.put(imageOf(C));
    home.send(second);
    home.send(first);
    home.until(() => home.info()['update'] === 'kept', 'C');
    assert.equal(home.version(), C);
  }));

test('another key, a foreign board, no key, or plain words: wrong tag', () =>
  atHome({}, (home) => {
    home.put(imageOf(B));
    const text = offerText(home.nextCounter(), imageOf(B), B);
    const foreign = signed(createKey(), text);
    for (const payload of [foreign, text, `${'0'.repeat(64)}${text}`, 'on', '{}', ' ', 'x'.repeat(2000)])
      refuse(home, payload, /^update refused: wrong tag$/);
    checkSound(home, [A]);
  }));

test('a board without a key does not subscribe, and takes nothing', () =>
  atHome({}, (home) => {
    const message = offer(home);
    home.board.storage.erase('light.key');
    home.board.reset();
    home.time.advance(10_000);
    home.put(imageOf(B));
    const before = filesOf(home);
    home.send(message);
    home.time.advance(MINUTE_MS);
    assert.equal(filesOf(home), before);
    checkSound(home, [A]);
  }));

test('signed nonsense is refused', () =>
  atHome({}, (home) => {
    const hash = '0'.repeat(64);
    const counter = () => String(home.nextCounter());
    const texts: [() => string, RegExp][] = [
      [() => `firmware ${counter()} 0 ${hash} ${B}`, /bad offer/],
      [() => `firmware ${counter()} 1e3 ${hash} ${B}`, /bad offer/],
      [() => `firmware ${counter()} 1000 ${hash.slice(1)} ${B}`, /bad offer/],
      [() => `firmware ${counter()} 1000 ${hash}`, /bad offer/],
      [() => `firmware ${counter()} 1000 ${hash} ${B} more`, /bad offer/],
      [() => `firmware ${counter()} 99999999 ${hash} ${B}`, /no room/],
      [() => `firmware 1 1000 ${hash} ${B}`, /bad counter/],
      [() => `firmware 99999999999999 1000 ${hash} ${B}`, /bad counter/],
      [() => `firmware -76400000000x 1000 ${hash} ${B}`, /bad counter/],
      [() => `dance ${counter()}`, /unknown message/],
      [() => 'log', /bad counter/],
      [() => `settings ${counter()} `, /bad settings/],
      [() => `settings ${counter()} ${'x'.repeat(40)}`, /bad settings/],
    ];
    for (const [text, why] of texts) refuse(home, signed(home.key, text()), why);
    checkSound(home, [A]);
  }));

/** One change of a message. */
const change = fc.oneof(
  fc.record({ do: fc.constant('cut' as const), at: fc.nat({ max: 1_000 }) }),
  fc.record({ do: fc.constant('flip' as const), at: fc.nat({ max: 1_000 }), bits: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ do: fc.constant('insert' as const), at: fc.nat({ max: 1_000 }), text: fc.string({ minLength: 1 }) }),
);

test('whatever is changed in a message, it is refused, and nothing changes', async (t) => {
  let home!: Home;
  atHome({}, (made) => {
    home = made;
    const kinds = [
      () => offer(home),
      () => signed(home.key, settingsText(home.key, home.nextCounter(), SETTINGS)),
      () => signed(home.key, `compact ${home.nextCounter()}`),
      () => signed(home.key, `log ${home.nextCounter()}`),
    ];
    const run = (kind: number, { do: what, at: place, ...more }: Change): void => {
      const message = kinds[kind]!();
      const at = place % message.length;
      const [head, tail] = [message.slice(0, at), message.slice(at)];
      const flipped = String.fromCharCode(tail.charCodeAt(0) ^ ('bits' in more ? more.bits : 0)) + tail.slice(1);
      const changed = { cut: head, flip: head + flipped, insert: 'text' in more ? head + more.text + tail : '' }[what];
      if (changed) refuse(home, Buffer.from(changed, 'utf8').toString('latin1').slice(0, 1024), /wrong tag/);
    };
    fc.assert(fc.property(fc.nat({ max: 3 }), change, run), { numRuns: 300 });
    checkSound(home, [A]);
  });
  await t.test('and so is an endless flood of them: the light obeys meanwhile', () =>
    atHome({}, (flooded) => {
      for (let turn = 0; turn < 500; turn += 1) {
        flooded.send(`${'0'.repeat(64)}firmware 1764000001000 1 ${'0'.repeat(64)} x`);
        flooded.time.advance(20);
      }
      checkSound(flooded, [A]);
      assert.equal(flooded.log(), 'A');
    }),
  );
});

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

test('a program without an updater, or without a loader, takes nothing, and obeys', () => {
  const line1 = imageOf(A).split('\n')[0]!;
  for (const files of [{ 'light.a': line1 }, { '.bootcde': imageOf(A) }])
    atHome({}, (home) => {
      for (const [name, data] of Object.entries(files)) home.board.storage.install(name, data);
      home.board.reset();
      home.time.advance(10_000);
      const before = filesOf(home);
      home.put(imageOf(B));
      home.send(offer(home));
      home.time.advance(MINUTE_MS);
      assert.equal(filesOf(home), before);
      home.obey('{"brightness":90}', 90);
    });
});
