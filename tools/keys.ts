// The owner's master key, and what each board gets of it.
//
// A board's keys are derived from the master key and its serial number: who holds one board can sign for that one only, and nothing
// needs to be kept for each board.

import { hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { failure } from './failure.ts';

/** Where the tools look for the master key unless told otherwise. */
export const MASTER_KEY_FILE = 'light-master.key';

const MASTER_BYTES = 32;

/** The keys of one board, 32 bytes each. */
export interface BoardKeys {
  /** Signs messages (HMAC-SHA256). */
  signing: Buffer;
  /** Encrypts settings (AES-256). */
  encryption: Buffer;
}

/** Letters and digits that nobody takes for another, so that a password can be read from a label. */
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';

const PASSWORD_CHARS = 12;

/**
 * Reads a master key: 64 hex digits.
 * @returns undefined when there is no such file
 * @throws Failure badArguments for a file that is no master key
 */
export function readMasterKey(path: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw failure('badArguments', `cannot read the master key ${path} (${code})`);
  }
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw failure('badArguments', `${path} is no master key: it must hold 64 hex digits`);
  return Buffer.from(text, 'hex');
}

/**
 * Makes a master key that only its owner can read; never replaces one.
 * @throws Failure badArguments when the file cannot be written
 */
export function createMasterKey(path: string): Buffer {
  const key = randomBytes(MASTER_BYTES);
  try {
    writeFileSync(path, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw failure('badArguments', `cannot write the master key ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
  return key;
}

/** Derives bytes for one board and one purpose (HKDF-SHA256, RFC 5869). */
function derive(master: Buffer, serial: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', master, serial, `light ${purpose}`, bytes));
}

/** @param serial the board's `getSerial()` */
export function boardKeys(master: Buffer, serial: string): BoardKeys {
  const bytes = derive(master, serial, 'update', 64);
  return { signing: bytes.subarray(0, 32), encryption: bytes.subarray(32) };
}

/**
 * The password of the board's set-up access point: 12 readable chars, 59 bits.
 * @param serial the board's `getSerial()`
 */
export function setupPassword(master: Buffer, serial: string): string {
  // two bytes a char: a remainder by 31 is even to a two-thousandth
  const bytes = derive(master, serial, 'setup', 2 * PASSWORD_CHARS);
  return Array.from({ length: PASSWORD_CHARS }, (_, at) => READABLE[bytes.readUInt16BE(2 * at) % READABLE.length]).join(
    '',
  );
}
