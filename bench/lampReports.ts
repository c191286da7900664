// Makes the real interpreter print each write to a pin: the one for Linux has no pins.

import type { Interpreter } from '../sim/interpreter/interpreter.ts';
import type { Count } from './counter.ts';

/** Program that runs before the light: each write to a pin `v` prints `LAMP <duty>`, and runs the program `onLamp`. */
export const lampReports = (onLamp = ''): string => `
(function(write){
  global.analogWrite=function(p,v){write(v)};
  global.digitalWrite=function(p,v){write(v)};
  Pin.prototype.write=write;
})(function(v){print("\\nLAMP "+v);${onLamp}});
`;

const LAMP = /^LAMP /;

/** Creates a function that waits for writes to the pin, and counts those since its last call. */
export function watchLamp(chip: Interpreter): () => Promise<Count> {
  let seen = chip.console.length;
  return async () => {
    await chip.waitFor(LAMP, undefined, seen);
    const count = chip.console.slice(seen).filter((line) => LAMP.test(line)).length;
    seen = chip.console.length;
    return { count, atMs: performance.now() };
  };
}
