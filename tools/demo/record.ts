// Runs the demo and the commands of the picture, and notes what the demo prints and when.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A line that the demo printed. */
export interface Line {
  /** With its colour, as a terminal gets it. */
  text: string;
  /** Time since the command before it: rounded, and at most a second, so that each run draws the same picture. */
  delayMs: number;
}

/** A command, and what the demo printed until the next. */
export interface Step {
  command: string;
  lines: Line[];
}

const SIMULATE = fileURLToPath(new URL('../simulate.ts', import.meta.url));

/** The last words of the demo before it waits for commands. */
const READY = /^Ctrl-C/;

/** The demo is ready within a second or two, or something is wrong. */
const START_MS = 20_000;

/** The lights answer within milliseconds. */
const ANSWER_MS = 1_000;

/** Finer delays differ from run to run. */
const ROUNDED_MS = 500;

/** How long the start may take in the picture. On a slow computer it takes longer. */
const LONGEST_DELAY_MS = 1_000;

/** What mosquitto_pub is given: topic and message. The last leaves the lamps on, for viewers that do not animate. */
const MESSAGES: [topic: string, message: string][] = [
  ['home/bedroom/light', 'on'],
  ['light/light-a0b1c2d30002/set', 'toggle'],
  ['home/bedroom/light', 'off'],
  ['home/bedroom/light', '{"state":"ON","brightness":128,"transition":2}'],
];

const quoted = (message: string): string => (/^\w+$/.test(message) ? message : `'${message}'`);

/**
 * Records the demo.
 * @returns the steps in their order; the first is `npm start`
 * @throws Error with one line for the user: the demo does not start (port 1883 is busy), or mosquitto_pub is missing
 */
export async function recordDemo(): Promise<Step[]> {
  const demo = spawn(process.execPath, ['--import', 'tsx', SIMULATE], {
    env: { ...process.env, FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const steps: Step[] = [];
  let sinceMs = 0;
  const begin = (command: string): void => {
    steps.push({ command, lines: [] });
    sinceMs = performance.now();
  };
  const output = createInterface({ input: demo.stdout });
  output.on('line', (text) => {
    const delayMs = Math.round((performance.now() - sinceMs) / ROUNDED_MS) * ROUNDED_MS;
    insert(steps.at(-1)!.lines, { text, delayMs: Math.min(delayMs, LONGEST_DELAY_MS) });
  });
  try {
    begin('npm start');
    await waitUntilReady(output, steps);
    for (const [topic, message] of MESSAGES) {
      begin(`mosquitto_pub -t ${topic} -m ${quoted(message)}`);
      await promisify(execFile)('mosquitto_pub', ['-t', topic, '-m', message]);
      await sleep(ANSWER_MS);
    }
  } finally {
    demo.kill('SIGINT');
  }
  return steps;
}

const lightOf = (line: Line | undefined): string => /[+●○] (light-\w+)/.exec(line?.text ?? '')?.[1] ?? '';

/** Appends a line. Of lights that answer together the first comes first: their order differs from run to run. */
function insert(lines: Line[], line: Line): void {
  const last = lines.at(-1);
  const isEarlier = last?.delayMs === line.delayMs && lightOf(line) !== '' && lightOf(line) < lightOf(last);
  lines.splice(isEarlier ? -1 : lines.length, 0, line);
}

async function waitUntilReady(output: NodeJS.EventEmitter, steps: Step[]): Promise<void> {
  const said = (): string[] => steps.flatMap(({ lines }) => lines.map(({ text }) => text));
  const signal = AbortSignal.timeout(START_MS);
  const closed = once(output, 'close', { signal });
  while (!said().some((text) => READY.test(text))) {
    const event = await Promise.race([once(output, 'line', { signal }), closed.then(() => 'closed')]);
    if (event === 'closed') throw new Error(said().at(-1) ?? 'npm start ended without a word');
  }
}
