// The chip's own `require("crypto")`, as far as the updater uses it.
import { FlashFile } from '../files.ts';
import type { Bytes } from '../board.ts';

/** Native functions; a wrong argument gives undefined, and a line on the console. */
export interface ChipCrypto {
  /** Of all at once: there is no incremental form. */
  SHA256(text: Bytes): ArrayBuffer;
  /** With one iteration it is HMAC-SHA256 of the text followed by the bytes 0, 0, 0, 1. `keySize` counts 32-bit words. */
  PBKDF2(key: Bytes, text: Bytes, options: { keySize: 8; iterations: 1; hasher: 'SHA256' }): ArrayBuffer;
  AES: {
    /** The text's length is a multiple of 16, the key's is 32, the initialization vector's 16. */
    decrypt(text: Bytes, key: Bytes, options: { iv: Bytes; mode: 'CBC' }): ArrayBuffer | undefined;
  };
}

/** Turns bytes into text, one by one: one piece of memory for all of them may not be free. */
function textOf(buffer: ArrayBuffer, one: (byte: number) => string): string {
  const bytes = new Uint8Array(buffer);
  let text = '';
  for (let i = 0; i < bytes.length; i++) text = text + one(bytes[i]!);
  return text;
}

/** SHA-256 in hex. */
export function sha256(crypto: ChipCrypto, text: Bytes): string {
  return hex(crypto.SHA256(text));
}

function hex(buffer: ArrayBuffer): string {
  return textOf(buffer, function (byte) {
    return (byte + 256).toString(16).substr(1);
  });
}

type Keys = { read(name: string, offset: number, length: number): Bytes | undefined };

const TAG_CHARS = 64;

/**
 * Opens a message.
 * @returns its text; '' when the tag is not of this board's key, or there is no key
 */
export function openMessage(crypto: ChipCrypto, storage: Keys, message: Bytes): Bytes {
  const key = storage.read(FlashFile.KEY, 0, 32);
  const text = message.substr(TAG_CHARS);
  if (!key || !text) return '';
  const tag = hex(crypto.PBKDF2(key, text, { keySize: 8, iterations: 1, hasher: 'SHA256' }));
  return tag === message.substr(0, TAG_CHARS) ? text : '';
}

/**
 * Decrypts.
 * @param sealed 16 bytes of initialization vector, then AES-256-CBC
 * @returns undefined when it cannot be read
 */
export function decrypt(crypto: ChipCrypto, storage: Keys, sealed: Bytes): Bytes | undefined {
  const key = storage.read(FlashFile.KEY, 32, 32);
  if (!key || sealed.length < 32 || sealed.length % 16) return undefined;
  const plain = crypto.AES.decrypt(sealed.substr(16), key, { iv: sealed.substr(0, 16), mode: 'CBC' });
  return (
    plain &&
    textOf(plain, function (byte) {
      return String.fromCharCode(byte);
    })
  );
}
