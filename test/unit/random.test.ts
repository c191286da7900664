import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHandClock } from '../../sim/time/handClock.ts';
import { createHardwareRandom } from '../../sim/board/random.ts';
import { createRandomWord } from '../../src/random.ts';

interface BoardOptions {
  kind?: string;
  serial?: string;
  /** Of the hardware's noise. */
  seed?: number;
  timeMs?: number;
}

/** The words of a virtual board that panics on a wild address, and the addresses it was asked for. */
function createBoard({ kind = 'ESP32', serial = 'aabbccdd-eeff', seed = 1, timeMs = 0 }: BoardOptions) {
  const clock = createHandClock();
  clock.advance(timeMs);
  const peeks: number[] = [];
  const crash = (message: string): never => {
    throw new Error(message);
  };
  const hardware = createHardwareRandom({ seed, boardName: kind.split('_')[0] ?? '', isRadioOn: () => true, crash });
  const peek32 = (address: number): number => {
    peeks.push(address);
    return hardware.peek32(address);
  };
  const word = createRandomWord({ serial, kind, getTime: clock.getTime, peek32 });
  return { clock, peeks, word, words: (count: number) => Array.from({ length: count }, word) };
}

const REGISTERS: [kind: string, address: number][] = [
  ['ESP32', 0x3ff75144],
  ['ESP32_IDF4', 0x3ff75144],
  ['ESP32C3_IDF4', 0x600260b0],
  ['ESP32S3_IDF4', 0x6003507c],
];

for (const [kind, address] of REGISTERS) {
  test(`reads the random register of ${kind} at 0x${address.toString(16)}, once a word`, () => {
    const board = createBoard({ kind });
    assert.equal(new Set(board.words(3)).size, 3);
    assert.deepEqual(board.peeks, [address, address, address]);
  });
}

for (const kind of ['LINUX', 'ESP8266', 'ESP32C6_IDF5', 'PICO_R1_3', '']) {
  test(`never peeks on ${kind || 'a board without a name'}, where a wild address crashes the chip`, () => {
    const board = createBoard({ kind });
    assert.equal(new Set(board.words(100)).size, 100);
    assert.deepEqual(board.peeks, []);
  });
}

test('touches the register only when a word is asked for, since the radio is off before', () => {
  assert.deepEqual(createBoard({}).peeks, []);
});

test('gives other words to another chip whose register and clock are the same', () => {
  for (const kind of ['ESP32', 'LINUX']) {
    const words = createBoard({ kind, serial: 'aabbccdd-eeff' }).words(100);
    const others = createBoard({ kind, serial: 'aabbccdd-eef0' }).words(100);
    assert.deepEqual(
      words.filter((word, index) => word === others[index]),
      [],
    );
  }
});

test('gives other words to the same chip at another time, where there is no register', () => {
  const words = createBoard({ kind: 'LINUX', timeMs: 1 }).words(100);
  const others = createBoard({ kind: 'LINUX', timeMs: 2 }).words(100);
  assert.deepEqual(
    words.filter((word, index) => word === others[index]),
    [],
  );
});

test('keeps all of the noise: words differ by as many bits as the register does', () => {
  const serial = 'aabbccdd-eeff';
  const noise = [0, -1, 0x55555555, 1 << 31];
  const words = noise.map((value) =>
    createRandomWord({ serial, kind: 'ESP32', getTime: () => 0, peek32: () => value })(),
  );
  noise.forEach((value, index) => assert.equal((words[index] as number) ^ (words[0] as number), value));
});

test('gives whole numbers of 32 bits, which E.srand takes', () => {
  for (const word of createBoard({}).words(1000)) assert.equal(word, word | 0);
});
