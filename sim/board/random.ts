// The randomness of the ESP32 build: a generator without a seed, and the chip's hardware register.

/** The generator's start: equal on every board, at every boot. */
const START_W = 0xdeadbeef;
const START_Z = 0xcafebabe;

/** RNG_DATA_REG of each chip (Espressif's technical reference manuals). */
const RNG_DATA_REGISTER: Record<string, number> = {
  ESP32: 0x3ff75144,
  ESP32C3: 0x600260b0,
  ESP32_C3: 0x600260b0,
  ESP32S3: 0x6003507c,
  ESP32_S3: 0x6003507c,
};

/** What an ESP32 can read without an exception: peripherals, memories, ROM (technical reference manual, section 1.3). */
const READABLE: [from: number, to: number][] = [
  [0x3f400000, 0x3f7fffff],
  [0x3ff00000, 0x3fffffff],
  [0x40000000, 0x400bffff],
  [0x50000000, 0x50001fff],
];

/** With the radio off the register is no true generator: here it then gives every board the same words. */
const RADIO_OFF_SEED = 1;

/** Creates the interpreter's generator: two multiply-with-carry halves. */
export function createMathRandom() {
  let w = START_W;
  let z = START_Z;

  function next(): number {
    z = (Math.imul(36969, z & 0xffff) + (z >>> 16)) >>> 0;
    w = (Math.imul(18000, w & 0xffff) + (w >>> 16)) >>> 0;
    return ((z << 16) + w) & 0x7fffffff;
  }

  return {
    /** `E.hwRand()`: 31 bits, without any hardware. */
    hwRand: next,
    /** `Math.random()`. */
    random: (): number => next() / 2 ** 31,
    /** `E.srand(seed)`: 32 bits, of which a seed's two halves make both registers. */
    srand(seed: number): void {
      w = ((seed & 0xffff) | (seed << 16)) >>> 0;
      z = ((seed & 0xffff0000) | (seed >>> 16)) >>> 0;
    },
  };
}

/** A stream of 32-bit words from a seed (sfc32, with the state spread from the seed by splitmix32). */
export function createWords(seed: number): () => number {
  let spread = seed | 0;
  const split = (): number => {
    spread = (spread + 0x9e3779b9) | 0;
    let mixed = Math.imul(spread ^ (spread >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let [a, b, c, counter] = [split(), split(), split(), 1];
  return () => {
    const word = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + word;
    return word >>> 0;
  };
}

/** What the register needs of the board. */
interface HardwareRandomOptions {
  /** Seeds the noise of this chip. */
  seed: number;
  /** The board's name in `process.env.BOARD`. */
  boardName: string;
  isRadioOn(): boolean;
  /** Ends the boot after a forbidden read, with this line on the console. */
  crash(message: string): never;
}

/**
 * Creates the chip's address space as far as `peek32` sees it: the random register gives a fresh word at each read, other readable
 * addresses give 0, and everything else is an exception of the processor.
 */
export function createHardwareRandom({ seed, boardName, isRadioOn, crash }: HardwareRandomOptions) {
  const noise = createWords(seed);
  const quiet = createWords(RADIO_OFF_SEED);
  const register = RNG_DATA_REGISTER[boardName];

  return {
    peek32(address: number): number {
      const at = Number(address) >>> 0;
      if (at === register) return isRadioOn() ? noise() : quiet();
      const isReadable = boardName.startsWith('ESP32') && READABLE.some(([from, to]) => at >= from && at <= to);
      const isForeignChip = boardName !== 'ESP32' && Object.values(RNG_DATA_REGISTER).includes(at);
      if (isReadable && !isForeignChip && at % 4 === 0) return 0;
      const cause = at % 4 ? 'LoadStoreAlignment' : 'LoadProhibited';
      return crash(
        `Guru Meditation Error: Core 1 panic'ed (${cause}). Exception was unhandled. EXCVADDR: 0x${at.toString(16).padStart(8, '0')}`,
      );
    },
  };
}
