// Boards that take updates, as `npm run flash` leaves them: virtual ones and real interpreters, and images for them.

import { readFileSync } from 'node:fs';
import type { VirtualBoard } from '../../sim/board/board.ts';
import { createVirtualBoard } from '../../sim/board/board.ts';
import type { House } from '../../sim/house.ts';
import { createInterpreter, type Interpreter } from '../../sim/interpreter/interpreter.ts';
import { counterFile, updatableContents } from '../../tools/flash/contents.ts';
import { imageOf, versionOf } from '../../tools/image.ts';
import { file, MASTER } from './updating.ts';

const dist = (name: string): Buffer => readFileSync(new URL(`../../dist/${name}`, import.meta.url));

/** The built image. */
const IMAGE = dist('firmware.js');

/** The version that boards are flashed with. */
export const A = versionOf(imageOf(IMAGE))!;

/** A version of the same length, so that the code lies where it did. */
const other = (letter: string): string => A.replace(/\+.*/, `+${letter.repeat(8)}`);

/** The built image under another version, with more program at the end of the light. */
export function imageWith(letter: string, more = ''): { path: string; version: string } {
  const version = other(letter);
  const text = IMAGE.toString('latin1').replaceAll(A, version).replace('\n', `${more}\n`);
  return { path: file(`${letter}.js`, text), version };
}

/** The files that the flash tool writes, one char per byte. */
function filesFor(serial: string, config: object): Record<string, string> {
  const updates = { loader: imageOf(dist('loader.js')), setup: imageOf(dist('setup.js')), master: MASTER };
  const { program, others } = updatableContents(imageOf(IMAGE), updates, serial);
  const files = [...program, ...others, counterFile(Date.now())].map(({ name, image }) => [
    name,
    Buffer.from(image.bytes).toString('latin1'),
  ]);
  return { ...Object.fromEntries(files), 'light.json': JSON.stringify(config) };
}

/** Adds a flashed virtual board to a house, and switches it on. */
export function flashedBoard(
  house: House,
  config: object,
  options: Parameters<typeof createVirtualBoard>[0] = {},
): VirtualBoard {
  const { ssid, password } = house.accessPoint;
  const { serial = createVirtualBoard().serial, ...rest } = options;
  const board = createVirtualBoard({ accessPoint: house.accessPoint, hosts: house.hosts, serial, ...rest });
  const settings = { wifi: { ssid, password }, broker: 'broker', ...config };
  for (const [name, data] of Object.entries(filesFor(serial, settings))) board.storage.install(name, data);
  house.boards.push(board);
  board.powerOn();
  return board;
}

/** A flashed real interpreter, without power. */
export function flashedInterpreter(serial: string, settings: object, speed: number): Interpreter {
  const { '.bootcde': bundle = '', ...files } = filesFor(serial, settings);
  return createInterpreter({ bundle, files, serial, speed });
}
