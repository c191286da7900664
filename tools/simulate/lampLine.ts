// Formats a change of a lamp in one line: which light, on or off, how bright, how fast.

import type { Colors } from 'picocolors/types.js';
import { FULL } from '../../page/protocol.ts';

/** A change of a lamp. */
interface LampChange {
  name: string;
  /** 0-255 */
  brightness: number;
  /** From the message at the broker to the pin; undefined where no message caused it. */
  latencyMs: number | undefined;
}

const BAR_CELLS = 10;

/** Formats a change, such as `● light-a0b1c2d30001  on   ██████████  1.2 ms`. */
export function lampLine(change: LampChange, colors: Colors): string {
  const isOn = change.brightness > 0;
  const cells = isOn ? Math.max(1, Math.round((change.brightness / FULL) * BAR_CELLS)) : 0;
  const bar = '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
  const level = isOn ? `${Math.round((change.brightness / FULL) * 100)} %` : '';
  const latency = change.latencyMs === undefined ? '' : `${change.latencyMs.toFixed(1)} ms`;
  const line = `${isOn ? '●' : '○'} ${change.name}  ${isOn ? 'on ' : 'off'}  ${bar} ${level.padStart(5)}  ${latency.padStart(8)}`;
  return isOn ? colors.yellow(line) : colors.dim(line);
}
