import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHandClock } from '../../sim/time/handClock.ts';
import { createHardwareRandom, createWords } from '../../sim/board/random.ts';
import { createStorage } from '../../sim/board/storage.ts';
import { createClientId } from '../../src/clientId.ts';
import { createRandomWord } from '../../src/random.ts';
import { createWrite } from '../../src/store.ts';

const FILE = 'light.id';
const SERIAL = 'aabbccdd-eeff';

const writeTo = (storage: Parameters<typeof createWrite>[0]) => createWrite(storage, () => {});

/** One boot of a board; its flash may outlive it. */
function boot({ serial = SERIAL, storage = createStorage(), seed = 1 } = {}) {
  let words = 0;
  const next = createWords(seed);
  const clientId = createClientId({ serial, storage }, writeTo(storage), () => {
    words += 1;
    return next() | 0;
  });
  return { clientId, storage, words: () => words };
}

test('1,000 boards have 1,000 identifiers of 23 characters that any server must accept, of the whole alphabet', () => {
  const made = new Set<string>();
  for (let seed = 0; seed < 1000; seed += 1) made.add(boot({ seed }).clientId(false));
  assert.equal(made.size, 1000);
  for (const id of made) assert.match(id, /^[0-9A-Za-z]{23}$/);
  assert.equal(new Set([...made].join('')).size, 62);
});

test('draws a word of its own for each character, so that 32 random bits are not all there is', () => {
  const { clientId, words } = boot();
  clientId(false);
  assert.equal(words(), 23);
});

test('draws nothing and writes nothing before it is asked for: the radio is off until then', () => {
  const { storage, words } = boot();
  assert.equal(words(), 0);
  assert.deepEqual(storage.writes, []);
});

test('stays the same over reconnects, with one write to the flash', () => {
  const { clientId, storage } = boot();
  const id = clientId(false);
  assert.equal(clientId(false), id);
  assert.equal(storage.writes.length, 1);
});

test('stays the same over reboots, whatever the generator gives then', () => {
  const { clientId, storage } = boot({ seed: 1 });
  const id = clientId(false);
  const next = boot({ storage, seed: 2 });
  assert.equal(next.clientId(false), id);
  assert.equal(next.words(), 0);
  assert.equal(storage.writes.length, 1);
});

test('is made anew on another chip that a flash image was copied to', () => {
  const { clientId, storage } = boot();
  const id = clientId(false);
  const copy = boot({
    serial: '11223344-5566',
    seed: 2,
    storage: createStorage({ files: { [FILE]: storage.read(FILE) ?? '' } }),
  });
  assert.notEqual(copy.clientId(false), id);
  assert.equal(boot({ serial: '11223344-5566', storage: copy.storage }).clientId(false), copy.clientId(false));
});

test('is made anew when it is in use elsewhere, and the new one is kept over reboots', () => {
  const { clientId, storage } = boot();
  const old = clientId(false);
  const renewed = clientId(true);
  assert.notEqual(renewed, old);
  assert.equal(clientId(false), renewed);
  assert.equal(boot({ storage, seed: 9 }).clientId(false), renewed);
});

test('is made anew by a renewal that comes before it was ever asked for', () => {
  const { clientId, storage } = boot({ seed: 1 });
  const kept = clientId(false);
  assert.notEqual(boot({ storage, seed: 2 }).clientId(true), kept);
});

test('serves until the next boot when the flash is full', () => {
  const storage = createStorage({ sizeBytes: 8 });
  const { clientId } = boot({ storage });
  const id = clientId(false);
  assert.match(id, /^[0-9A-Za-z]{23}$/);
  assert.equal(clientId(false), id);
  assert.equal(storage.read(FILE), undefined);
});

const BROKEN: [name: string, content: string][] = [
  ['an empty word', ' '],
  ['the serial alone', SERIAL],
  ['the serial and a blank', `${SERIAL} `],
  ['an identifier that is too short', `${SERIAL} abc`],
  ['an identifier that is too long', `${SERIAL} ${'a'.repeat(24)}`],
  ['an identifier without its serial', 'a'.repeat(23)],
  ['erased flash', '\xff'.repeat(37)],
];

for (const [name, content] of BROKEN) {
  test(`is made anew when the flash holds ${name}`, () => {
    const storage = createStorage({ files: { [FILE]: content } });
    const id = boot({ storage }).clientId(false);
    assert.match(id, /^[0-9A-Za-z]{23}$/);
    assert.equal(boot({ storage, seed: 2 }).clientId(false), id);
  });
}

for (const leaves of ['old', 'nothing', 'truncated'] as const) {
  test(`is valid after a power cut in the middle of its write that leaves ${leaves} in the flash`, () => {
    const storage = createStorage();
    storage.cutPowerDuring(FILE, leaves);
    boot({ storage }).clientId(false);
    const id = boot({ storage, seed: 2 }).clientId(false);
    assert.match(id, /^[0-9A-Za-z]{23}$/);
    assert.equal(boot({ storage, seed: 3 }).clientId(false), id);
  });
}

test('differs between two boards, and between two lives of one board, when it is made from the hardware', () => {
  const made = (serial: string, seed: number) => {
    const crash = (message: string): never => {
      throw new Error(message);
    };
    const { peek32 } = createHardwareRandom({ seed, boardName: 'ESP32', isRadioOn: () => true, crash });
    const word = createRandomWord({ serial, kind: 'ESP32', getTime: createHandClock().getTime, peek32 });
    const storage = createStorage();
    return createClientId({ serial, storage }, writeTo(storage), word)(false);
  };
  assert.notEqual(made(SERIAL, 1), made('11223344-5566', 2));
  assert.notEqual(made(SERIAL, 1), made('11223344-5566', 1));
  assert.notEqual(made(SERIAL, 1), made(SERIAL, 2));
});
