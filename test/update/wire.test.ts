// What goes to a board, against published vectors and against the chip's own formula.

import assert from 'node:assert/strict';
import { createDecipheriv, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import {
  CHUNK_BYTES,
  chunksOf,
  createCounter,
  firmwareMessage,
  firmwareOf,
  MESSAGE_MAX_BYTES,
  requestMessage,
  settingsMessage,
  settingsRoom,
  tagOf,
} from '../../tools/update/wire.ts';

const keys = { signing: randomBytes(32), encryption: randomBytes(32) };

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Splits a message; checks its tag by the formula that the chip uses: PBKDF2, one iteration. */
function opened(message: Buffer): Buffer {
  const text = message.subarray(64);
  const tag = pbkdf2Sync(keys.signing, text, 1, 32, 'sha256').toString('hex');
  assert.equal(message.subarray(0, 64).toString('latin1'), tag);
  return text;
}

test('signs as HMAC-SHA256 does [RFC 4231, case 6], over the text and the number of the block', () => {
  const signing = Buffer.alloc(131, 0xaa);
  const text = Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First');
  const published = '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54';
  assert.equal(createHmac('sha256', signing).update(text).digest('hex'), published);
  const [body, block] = [text, Buffer.from([0, 0, 0, 1])];
  const expected = createHmac('sha256', signing)
    .update(Buffer.concat([body, block]))
    .digest('hex');
  assert.equal(tagOf(text, { signing }), expected);
});

test('encrypts as AES-256-CBC does [NIST SP 800-38A, F.2.5]', () => {
  const encryption = hex('603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4');
  const iv = hex('000102030405060708090a0b0c0d0e0f');
  const plain = hex('6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51');
  const cipher = hex('f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d');
  const text = opened(settingsMessage(plain, 7, { ...keys, encryption }, iv));
  assert.deepEqual(text, Buffer.concat([Buffer.from('settings 7 '), iv, cipher]));
});

test('pads settings with spaces, and never uses a vector twice', () => {
  const text = Buffer.from('{"name":"Küche"}');
  const [first, second] = [1, 2].map((counter) => opened(settingsMessage(text, counter, keys)));
  const body = first!.subarray('settings 1 '.length);
  const decipher = createDecipheriv('aes-256-cbc', keys.encryption, body.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(body.subarray(16)), decipher.final()]).toString();
  assert.equal(plain, `{"name":"Küche"}${' '.repeat(15)}`);
  assert.equal(body.length, 16 + 32);
  assert.notDeepEqual(body, second!.subarray('settings 2 '.length));
});

test('fills a message with settings, and not more', () => {
  for (const counter of [Date.now(), 1, 10 ** 15]) {
    const room = settingsRoom(counter);
    const { length } = settingsMessage(Buffer.alloc(room, 'x'), counter, keys);
    assert.ok(length <= MESSAGE_MAX_BYTES && length > MESSAGE_MAX_BYTES - 16, `${length}`);
  }
});

test('offers an image by size, hash and version', () => {
  const image = firmwareOf(Buffer.from('abc'), '1.2.3+01234567');
  const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const text = opened(firmwareMessage(image, 99, keys)).toString();
  assert.equal(text, `firmware 99 3 ${hash} 1.2.3+01234567`);
});

test('asks for the log and for a compaction', () => {
  assert.equal(opened(requestMessage('log', 5, keys)).toString(), 'log 5');
  assert.equal(opened(requestMessage('compact', 6, keys)).toString(), 'compact 6');
});

test('cuts an image in chunks on exact topics', () => {
  for (const bytes of [1, CHUNK_BYTES, CHUNK_BYTES + 1, 26_000]) {
    const image = firmwareOf(randomBytes(bytes), '1');
    const chunks = chunksOf(image);
    assert.deepEqual(Buffer.concat(chunks.map(({ payload }) => payload)), image.bytes);
    assert.deepEqual(
      chunks.map(({ topic }) => topic),
      chunks.map((_, n) => `light/firmware/${image.hash}/${n}`),
    );
    assert.ok(chunks.every(({ payload }) => payload.length > 0 && payload.length <= CHUNK_BYTES));
  }
});

test('counts in milliseconds since 1970, and always upward', () => {
  let now = 1_000;
  const counter = createCounter(() => now);
  assert.deepEqual([counter(), counter()], [1_000, 1_001]);
  now = 500;
  assert.equal(counter(), 1_002);
  now = 9_000;
  assert.equal(counter(), 9_000);
});
