// The interpreter's `require("crypto")`: as far as it works on the chip.

import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync } from 'node:crypto';

/** Names are case-sensitive. */
const HASHERS: Record<string, string> = {
  SHA1: 'sha1',
  SHA224: 'sha224',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
};

/** Modes that decrypt what they have encrypted; CTR and CFB do not, though they are there. */
const MODES = ['CBC', 'ECB'];
const OTHER_MODES = ['CTR', 'CFB', 'OFB'];

const AES_BLOCK_BYTES = 16;

/** Bytes of a text or of an array; anything else throws. */
function bytesOf(data: unknown): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'latin1');
  if (data !== null && typeof data === 'object') {
    const isBuffer = Object.prototype.toString.call(data) === '[object ArrayBuffer]';
    return Buffer.from(isBuffer ? new Uint8Array(data as ArrayBuffer) : (data as Uint8Array));
  }
  throw new TypeError(`Expecting Number or iterable, got ${String(data)}`);
}

/** An ArrayBuffer of its own. */
const toArrayBuffer = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

function hasherOf(name: unknown): string {
  const known = typeof name === 'string' ? HASHERS[name] : undefined;
  if (known === undefined) throw new Error(`Unknown Hasher ${JSON.stringify(String(name))}`);
  return known;
}

interface AesOptions {
  iv?: unknown;
  mode?: unknown;
}

/** @param print told what the chip does not throw */
export function createCrypto(print: (line: string) => void): object {
  /** What the chip's library refuses gives undefined, and a line on the console. */
  function fail(what: string): undefined {
    print(`ERROR: ${what}`);
  }

  function crypt(isDecryption: boolean, text: unknown, keyText: unknown, { iv, mode = 'CBC' }: AesOptions) {
    const name = String(mode);
    if (OTHER_MODES.includes(name)) return fail('Feature unavailable');
    if (!MODES.includes(name)) throw new Error(`Unknown Crypto mode ${JSON.stringify(name)}`);
    const key = bytesOf(keyText);
    const input = bytesOf(text);
    if (![16, 24, 32].includes(key.length)) return fail('Unknown error: -0x20');
    if (input.length % AES_BLOCK_BYTES) return fail('Invalid input length');
    const vector = Buffer.alloc(name === 'CBC' ? AES_BLOCK_BYTES : 0);
    if (iv !== undefined) bytesOf(iv).copy(vector);
    const create = isDecryption ? createDecipheriv : createCipheriv;
    const cipher = create(`aes-${key.length * 8}-${name.toLowerCase()}`, key, vector).setAutoPadding(false);
    return toArrayBuffer(Buffer.concat([cipher.update(input), cipher.final()]));
  }

  const sha = (name: string) => (text: unknown) =>
    toArrayBuffer(
      createHash(hasherOf(name))
        .update(new Uint8Array(bytesOf(text)))
        .digest(),
    );
  const hashes = Object.fromEntries(Object.keys(HASHERS).map((name) => [name, sha(name)]));
  return {
    ...hashes,
    PBKDF2(
      passphrase: unknown,
      salt: unknown,
      options: { keySize?: number; iterations?: number; hasher?: unknown } = {},
    ) {
      const { keySize = 4, iterations = 1, hasher = 'SHA1' } = options;
      return toArrayBuffer(pbkdf2Sync(bytesOf(passphrase), bytesOf(salt), iterations, keySize * 4, hasherOf(hasher)));
    },
    AES: {
      encrypt: (text: unknown, key: unknown, options: AesOptions = {}) => crypt(false, text, key, options),
      decrypt: (text: unknown, key: unknown, options: AesOptions = {}) => crypt(true, text, key, options),
    },
  };
}
