import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHardwareRandom, createMathRandom, createWords } from '../../sim/board/random.ts';

const REGISTER = 0x3ff75144;

function chip({ seed = 1, boardName = 'ESP32', isRadioOn = (): boolean => true } = {}) {
  const crash = (message: string): never => {
    throw new Error(message);
  };
  return createHardwareRandom({ seed, boardName, isRadioOn, crash });
}

test('gives the same numbers as every stock ESP32, at every boot', () => {
  const { random } = createMathRandom();
  const seen = [random(), random(), random()].map((value) => value.toFixed(9));
  assert.deepEqual(seen, ['0.932552739', '0.707723558', '0.255626292']);
});

test('hwRand is the same generator and no hardware', () => {
  const { hwRand } = createMathRandom();
  const { random } = createMathRandom();
  assert.equal(hwRand() / 2 ** 31, random());
});

test('a seed changes the sequence, and equal seeds give equal ones', () => {
  const [a, b, c] = [createMathRandom(), createMathRandom(), createMathRandom()];
  a.srand(0x12345678);
  b.srand(0x12345678);
  c.srand(0x12345679);
  const first = a.random();
  assert.equal(b.random(), first);
  assert.notEqual(c.random(), first);
});

test('the hardware register gives a new word at each read, and other words on another chip', () => {
  const [one, same, other] = [chip(), chip(), chip({ seed: 2 })];
  const words = Array.from({ length: 1000 }, () => one.peek32(REGISTER));
  assert.equal(new Set(words).size, 1000);
  assert.ok(words.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32));
  assert.equal(same.peek32(REGISTER), words[0]);
  assert.notEqual(other.peek32(REGISTER), words[0]);
});

test('with the radio off the register is not random: every chip reads the same', () => {
  const isRadioOn = () => false;
  const read = (seed: number) => chip({ seed, isRadioOn }).peek32(REGISTER);
  assert.equal(read(1), read(2));
});

test('a forbidden address crashes the chip, an odd one too', () => {
  assert.throws(() => chip().peek32(0), /Guru Meditation Error.*LoadProhibited.*0x00000000/);
  assert.throws(() => chip().peek32(REGISTER + 1), /LoadStoreAlignment/);
  assert.equal(chip().peek32(0x3ffb0000), 0, 'memory is readable');
});

test("another chip has its register elsewhere, and cannot read this one's", () => {
  assert.throws(() => chip().peek32(0x600260b0), /LoadProhibited/);
  assert.ok(chip({ boardName: 'ESP32C3' }).peek32(0x600260b0) > 0);
  assert.throws(() => chip({ boardName: 'LINUX' }).peek32(REGISTER), /LoadProhibited/);
});

test('the noise shows no bias in 100,000 words', () => {
  const next = createWords(42);
  const ones = new Array<number>(32).fill(0);
  for (let count = 0; count < 100_000; count += 1) {
    const word = next();
    for (let bit = 0; bit < 32; bit += 1) ones[bit] = (ones[bit] as number) + ((word >>> bit) & 1);
  }
  for (const count of ones) assert.ok(Math.abs(count - 50_000) < 1000, String(ones));
});
