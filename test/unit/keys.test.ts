// The master key's file, and what is derived of it.

import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { boardKeys, createMasterKey, readMasterKey, setupPassword } from '../../tools/keys.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'keys-'));
after(() => rmSync(folder, { recursive: true }));
const MASTER = Buffer.alloc(32, 7);
const SERIAL = 'aabbccdd-eeff';

describe('the master key', () => {
  const file = path.join(folder, 'light-master.key');

  it('is made once, for its owner alone, and read back', () => {
    assert.equal(readMasterKey(file), undefined);
    const key = createMasterKey(file);
    assert.equal(key.length, 32);
    assert.deepEqual(readMasterKey(file), key);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('is never replaced', () => {
    const before = readFileSync(file, 'utf8');
    assert.throws(() => createMasterKey(file), /^Error: cannot write the master key .*light-master\.key \(EEXIST\)$/);
    assert.equal(readFileSync(file, 'utf8'), before);
  });

  it('is refused in one line when it is something else', () => {
    const other = path.join(folder, 'other');
    for (const text of ['', 'secret', 'ab'.repeat(31), 'xy'.repeat(32)]) {
      writeFileSync(other, text);
      assert.throws(() => readMasterKey(other), /^Error: .*other is no master key: it must hold 64 hex digits$/);
    }
    assert.throws(() => readMasterKey(folder), /^Error: cannot read the master key .* \(EISDIR\)$/);
  });

  it('cannot be made in a folder that is not there', () => {
    assert.throws(() => createMasterKey(path.join(folder, 'none', 'key')), /\(ENOENT\)$/);
  });
});

describe("a board's keys", () => {
  it('are HKDF-SHA256 of the master key and the serial number', () => {
    const bytes = Buffer.from(hkdfSync('sha256', MASTER, SERIAL, 'light update', 64));
    assert.deepEqual(boardKeys(MASTER, SERIAL), { signing: bytes.subarray(0, 32), encryption: bytes.subarray(32) });
  });

  it('differ from board to board and from owner to owner', () => {
    const keys = [
      boardKeys(MASTER, SERIAL),
      boardKeys(MASTER, 'aabbccdd-eefe'),
      boardKeys(Buffer.alloc(32, 8), SERIAL),
    ];
    const all = keys.flatMap(({ signing, encryption }) => [signing, encryption]).map((key) => key.toString('hex'));
    assert.equal(new Set(all).size, 6);
  });
});

describe('the password of the set-up access point', () => {
  it('has 12 chars that nobody takes for another, the same each time', () => {
    const passwords = Array.from({ length: 500 }, (_, serial) => setupPassword(MASTER, String(serial)));
    for (const password of passwords) assert.match(password, /^[a-hjkmnp-z2-9]{12}$/);
    assert.equal(new Set(passwords).size, 500);
    assert.equal(setupPassword(MASTER, SERIAL), setupPassword(MASTER, SERIAL));
  });
});
