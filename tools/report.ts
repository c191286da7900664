// Prints the progress: a line for each finished step, and on a terminal a live line with a bar for each board.

import pc from 'picocolors';
import { MASK } from '../settings/values.ts';

/** Prints the progress of one board. */
export interface BoardReport {
  /** Begins a step. */
  step(name: string): void;
  /** Shows how far the running step is. */
  progress(done: number, all: number): void;
  /** Ends the running step with success. */
  done(detail: string): void;
  /** Ends the running step, and the board, with a failure. */
  failed(reason: string): void;
  warn(text: string): void;
  /** Prints a line of the board's console. */
  log(line: string): void;
}

/** The progress of all boards. */
export interface Report {
  board(label: string): BoardReport;
  say(line: string): void;
}

/** Where and how to print. */
interface ReportOptions {
  write(text: string): void;
  /** Redraw live lines and use colour. */
  isTerminal: boolean;
  /** Width of the terminal; a live line that wraps could not be redrawn. */
  columns?: number;
  /** Height of the terminal: lines above it could not be redrawn. */
  rows?: number;
  /** Masked wherever they would be printed. */
  secrets: string[];
}

const BAR_CHARS = 24;
const STEP_CHARS = 9;

/** Shorter secrets are not masked: they are parts of ordinary words, and the mask would give them away. */
const SECRET_MIN_CHARS = 4;

/** A sign with a space on each side, and the last column, which stays free. */
const SIGN_CHARS = 4;

/** A line of the screen. */
interface Row {
  label: string;
  sign: string;
  text: string;
}

/** Draws a bar, such as `██████░░░░ 60 %`. */
export function bar(done: number, all: number): string {
  const part = all > 0 ? Math.min(1, Math.max(0, done / all)) : 0;
  const full = Math.round(part * BAR_CHARS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CHARS - full)} ${String(Math.floor(part * 100)).padStart(3)} %`;
}

/** Says how long something took. */
export const secondsSince = (startMs: number): string => `${((Date.now() - startMs) / 1000).toFixed(1)} s`;

/** Creates the report of all boards. */
export function createReport({ write, isTerminal, columns = 80, rows = 24, secrets }: ReportOptions): Report {
  const colour = pc.createColors(isTerminal && !process.env.NO_COLOR);
  const live = new Map<string, Row>();
  let drawn = 0;
  let labelChars = 0;

  const row = (label: string, sign: string, text: string): string =>
    `${colour.bold(label.padEnd(labelChars))} ${sign} ${text}`;
  const clipped = (text: string): string => text.slice(0, Math.max(0, columns - labelChars - SIGN_CHARS));
  const hidden = secrets.filter((secret) => secret.length >= SECRET_MIN_CHARS);
  const masked = (text: string): string => hidden.reduce((seen, secret) => seen.replaceAll(secret, MASK), text);

  function draw(): void {
    if (!isTerminal) return;
    const mostRows = rows - 2; // one for the rest, one for the cursor
    const shown = [...live.values()].slice(0, mostRows);
    for (const { label, sign, text } of shown) write(`${row(label, sign, clipped(text))}\n`);
    const rest = live.size - shown.length;
    if (rest > 0) write(`and ${rest} more\n`);
    drawn = shown.length + Math.min(1, rest);
  }

  function wipe(): void {
    if (drawn > 0) write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  }

  function say(line: string): void {
    wipe();
    write(`${masked(line)}\n`);
    draw();
  }

  function setLive(label: string, text: string | undefined): void {
    wipe();
    if (text === undefined) live.delete(label);
    else live.set(label, { label, sign: colour.cyan('…'), text: masked(text) });
    draw();
  }

  function board(label: string): BoardReport {
    labelChars = Math.max(labelChars, label.length);
    let running = '';
    const named = (detail: string) => `${running.padEnd(STEP_CHARS)} ${detail}`.trimEnd();
    return {
      step: (name) => {
        running = name;
        setLive(label, name);
      },
      progress: (done, all) => setLive(label, named(bar(done, all))),
      done: (detail) => {
        setLive(label, undefined);
        say(row(label, colour.green('✓'), named(detail)));
      },
      failed: (reason) => {
        setLive(label, undefined);
        say(row(label, colour.red('✗'), named(reason)));
      },
      warn: (text) => say(row(label, colour.yellow('!'), text)),
      log: (line) => say(row(label, colour.dim('│'), line)),
    };
  }

  return { board, say };
}
