// Pins of the real interpreter that tell the console when they are written: the one for Linux has none.

import type { Interpreter } from '../sim/interpreter/interpreter.ts';
import type { Happened } from './counter.ts';

/** Goes before the program. Each write, whichever way it is done, prints `LAMP <duty>`; `onLamp` is more program, run with it. */
export const lampReports = (onLamp = ''): string => `
(function(told){
  global.analogWrite=function(p,v){told(v)};
  global.digitalWrite=function(p,v){told(v)};
  Pin.prototype.write=told;
})(function(v){print("\\nLAMP "+v);${onLamp}});
`;

const LAMP = /^LAMP /;

/** How many writes a console shows from line `from` on. */
export const countLamps = (chip: Interpreter, from = 0): number =>
  chip.console.slice(from).filter((line) => LAMP.test(line)).length;

/** Waits for changes since the last question, from now on. */
export function watchLamp(chip: Interpreter): () => Promise<Happened> {
  let seen = chip.console.length;
  return async () => {
    await chip.waitFor(LAMP, undefined, seen);
    const happened = { count: countLamps(chip, seen), atMs: performance.now() };
    seen = chip.console.length;
    return happened;
  };
}
