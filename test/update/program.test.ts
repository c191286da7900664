import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atHome } from './home.ts';

test('fetches an image, tries it and keeps it', () =>
  atHome({}, (home) => {
    home.offer('2.0.0-B');
    home.until(() => home.version() === '2.0.0-B' && home.info()['update'] === 'kept', 'kept');
    assert.equal(home.log(), 'Ab1B');
  }));
