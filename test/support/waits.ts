// Waits for a virtual board whose time runs faster than the wall's.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VirtualBoard } from '../../sim/board/board.ts';

/** Limit of a wait in wall milliseconds, for a busy machine. */
const LIMIT_MS = 20_000;
const POLL_MS = 2;

/** Creates the waits of a board. @param speed its chip milliseconds per wall millisecond */
export function createWaits(board: VirtualBoard, speed: number) {
  return {
    /** Waits for a condition; fails with the console. */
    async until(condition: () => boolean | Promise<boolean>, what = String(condition)): Promise<void> {
      for (const endMs = performance.now() + LIMIT_MS; !(await condition()); await sleep(POLL_MS))
        assert.ok(performance.now() < endMs, `waited in vain: ${what}\n  ${board.console.slice(-20).join('\n  ')}`);
    },
    /** Lets chip time pass, by the chip's clock, which a busy computer makes slow. */
    async pass(chipMs: number): Promise<void> {
      for (const endMs = board.nowMs() + chipMs; board.nowMs() < endMs;)
        await sleep(Math.max(1, (endMs - board.nowMs()) / speed));
    },
  };
}
