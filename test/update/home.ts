// A light that can be updated, with its owner, a model broker and a network with faults, on virtual time.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { BoardOptions } from '../../sim/board/board.ts';
import { levelOf } from '../support/curve.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { chunksOf, createKey, offerText, settingsText, sha256, signed } from '../support/signing.ts';
import { createVirtualHome } from '../support/virtualHome.ts';

export const MINUTE_MS = 60_000;

/** The longest trial, and a restart. */
export const TRIAL_MS = 11 * MINUTE_MS;

const LOADER = readFileSync(new URL('../../dist/loader.js', import.meta.url), 'latin1');
const VERSION = /boot light (\S+) on/.exec(FIRMWARE)![1]!;

const NAME = 'desk';
export const SETTINGS = {
  name: NAME,
  topics: ['home/light'],
  wifi: { ssid: 'Home', password: 'secret-password' },
  broker: '10.0.0.1',
  powerOn: 'off',
};

/** The firmware by another version, so that it is another image. */
export const imageOf = (version: string): string => FIRMWARE.replaceAll(VERSION, version);

/** What a board with a loader has in flash, as `npm run flash` leaves it. */
export const flashFiles = (image: string, key: Buffer): Record<string, string> => ({
  '.bootcde': LOADER,
  'light.a': image,
  'light.boot': `A${'\xff'.repeat(1023)}`,
  'light.key': key.toString('latin1'),
});

export type Options = Partial<BoardOptions> & { settings?: object };

/** Creates the light; it runs version A. */
export function createHome({ settings, ...options }: Options = {}) {
  const home = createVirtualHome(SETTINGS, options);
  const { time, broker, board, read, tail } = home;
  const key = createKey();
  let counter = 1_764_000_000_000;
  for (const [name, data] of Object.entries(flashFiles(imageOf('1.0.0-A'), key))) board.storage.install(name, data);
  board.storage.install('light.json', JSON.stringify({ ...SETTINGS, ...settings }));

  const info = () => read('info');
  const log = (): string => board.storage.read('light.boot')!.replace(/\xff+$/, '');
  const nextCounter = (): number => (counter += 1000);

  /** Sends a message to the light's update topic. */
  function send(payload: string): void {
    broker.publish({ topic: `light/${NAME}/update`, payload, qos: 1 });
  }

  /** Puts an image on the broker. */
  function put(image: string): void {
    for (const { topic, payload } of chunksOf(image)) broker.retained.set(topic, payload);
  }

  /** Lets time pass until something holds. */
  function until(condition: () => boolean, what: string, limitMs = TRIAL_MS): void {
    const fromMs = time.nowMs();
    while (!condition()) {
      assert.ok(time.nowMs() - fromMs < limitMs, `${what}: not within ${limitMs / 1000} s\n${tail()}`);
      time.advance(1_000);
    }
  }

  return {
    ...{ ...home, key, info, log, send, put, until, nextCounter },
    versions: () => read('firmware'),
    /** The version that the light says it runs. */
    version: () => info()['version'],
    /** Signs a text and sends it. */
    order: (text: string): void => send(signed(key, text)),
    /** Offers an image whose chunks are on the broker. */
    offer(version: string, image = imageOf(version)): void {
      put(image);
      send(signed(key, offerText(nextCounter(), image, version)));
    },
    configure: (next: object | string): void => send(signed(key, settingsText(key, nextCounter(), next))),
    /** The image in a slot is whole. */
    holds: (slot: 'a' | 'b', image: string): boolean =>
      sha256(board.storage.read(`light.${slot}`) ?? '') === sha256(image),
  };
}

export type Home = ReturnType<typeof createHome>;

/**
 * Checks what must hold after everything: the light obeys, the program that runs is whole, and so is the one that the log says is kept.
 * @param versions that may run
 */
export function checkSound(home: Home, versions: string[]): void {
  home.until(() => home.board.isOn() && versions.includes(String(home.version())), `one of ${versions}`);
  home.obey('{"brightness":150}', 150);
  home.obey('off', 0);
  const kept = [...home.log()].findLast((mark) => mark === 'A' || mark === 'B')!.toLowerCase() as 'a' | 'b';
  assert.equal(home.info()['slot'], kept);
  assert.ok(home.holds(kept, imageOf(String(home.version()))), 'the kept slot is not whole');
  assert.deepEqual(home.broker.violations, []);
}

/** Checks that the lamp has shown nothing but 100 since the story began. */
export function checkUnmoved({ board }: Home): void {
  const levels = board.pin('D5').history.map(({ duty }) => levelOf(duty));
  assert.deepEqual([...new Set(levels.slice(levels.indexOf(100)))], [100]);
}

/** Runs a story with a light that is connected and shows level 100, and disposes of it. */
export function atHome(options: Options, story: (home: Home) => void): void {
  const home = createHome(options);
  try {
    home.board.powerOn();
    home.obey('{"brightness":100}', 100);
    home.time.advance(10_000);
    story(home);
  } finally {
    home.board.dispose();
  }
}
