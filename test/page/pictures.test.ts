// The lights of the pictures: one of them is of an older version, for the doctor to find.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPrograms } from '../../tools/pictures/fleet.ts';

test('the older light announces its version, and is the same program otherwise', () => {
  const { firmware, older } = readPrograms();
  assert.match(older, /boot light 0\.0\.9 on /);
  assert.match(older, /"0\.0\.9"/);
  const [, version] = /boot light (\S+) on /.exec(firmware)!;
  assert.equal(older.replaceAll('0.0.9', version!), firmware);
});
