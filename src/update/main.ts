// Line 2 of an image. The bundler makes it a function of `board` and `parts` that returns `result`; the light calls it when it is needed.
import { toBytes } from '../bytes.ts';
import { newUpdater } from './updater.ts';
import type { Board } from '../board.ts';
import type { ChipCrypto } from './crypto.ts';
import type { Parts } from './parts.ts';
import type { Updater } from '../session.ts';

declare function require(module: 'crypto'): ChipCrypto;
declare const board: Board;
declare const parts: Parts;
declare let result: Updater;

result = newUpdater(board, parts, require('crypto'), function (text) {
  return toBytes(E, text);
});
