// Updates and new settings from the page: the tools of the command line do them, and what they report is a document.

import { setMaxListeners } from 'node:events';
import type { RollOut } from '../../page/protocol.ts';
import type { Settings } from '../../settings/schema.ts';
import { complaintsAbout } from '../../settings/values.ts';
import { configure } from '../configure/run.ts';
import { lightNames } from '../brokerFlags.ts';
import { printable } from '../printable.ts';
import type { BoardReport, Report } from '../report.ts';
import { asFailure, type Exit } from '../update/exits.ts';
import type { Watch } from '../update/fleet.ts';
import type { FleetOrder } from '../update/fleetFlags.ts';
import { readFirmware, update } from '../update/run.ts';
import { readNames, type ActionTable } from './actions.ts';
import type { DocumentSet } from './documents.ts';

/** Progress of many boards is told together. */
const SHOW_MS = 200;

/** The last ones are kept. */
const MAX_LINES = 200;

/** What the page was started with. */
export interface RollOutOptions {
  /** All but the names. */
  fleet: Omit<FleetOrder, 'names'>;
  /** The program to send. */
  bundle: string;
}

type Row = RollOut['lights'][number];

/** Notes what a tool reports in a roll-out. @param changed called after each change */
function reportTo(rollOut: RollOut, changed: () => void): Report {
  const rows = new Map(rollOut.lights.map((row) => [printable(row.name), row]));
  function board(label: string): BoardReport {
    const row = rows.get(label)!;
    let step = '';
    function show(next: Partial<Row>): void {
      delete row.percent;
      Object.assign(row, next);
      changed();
    }
    const stepped = (detail: string): string => `${step} ${detail}`.trimEnd();
    return {
      step: (next) => show({ stage: 'running', words: (step = next) }),
      progress: (done, all) => show({ percent: Math.floor((100 * done) / all) }),
      done: (detail) => show({ stage: 'done', words: stepped(detail) }),
      failed: (reason) => show({ stage: 'failed', words: stepped(reason) }),
      warn: say,
      log: say,
    };
  }
  function say(line: string): void {
    rollOut.lines = [...rollOut.lines, line].slice(-MAX_LINES);
    changed();
  }
  return { board, say };
}

/** Reads settings, by the same table as all tools. @throws Error with a line for each wrong one */
function readSettings(value: unknown, names: string[]): Settings {
  const settings = Object(value) as Settings;
  const wrong = complaintsAbout(settings);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  if (Object.keys(settings).length === 0) throw new Error('no setting is changed');
  if (settings.name !== undefined && names.length !== 1) throw new Error('a name is for one light');
  return settings;
}

/** Reads the names of lights. @throws Error in one line */
function readLights(value: unknown): string[] {
  const names = lightNames(readNames(value), 'a light');
  if (names.length === 0) throw new Error('no light is named');
  return names;
}

const wordsOf = (names: string[]): string => (names.length === 1 ? names[0]! : `${names.length} lights`);

/** Creates what rolls out; one at a time, for all pages. */
export function createRollOuts({ fleet, bundle }: RollOutOptions, documents: DocumentSet) {
  let stopping: AbortController | undefined;
  let ended = Promise.resolve();

  async function run(rollOut: RollOut, signal: AbortSignal, work: (watch: Watch) => Promise<Exit>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    function show(): void {
      clearTimeout(timer);
      timer = undefined;
      documents.set('rollOut', rollOut);
    }
    const report = reportTo(rollOut, () => (timer ??= setTimeout(show, SHOW_MS)));
    show();
    try {
      await work({ report, signal });
    } catch (error) {
      report.say(signal.aborted ? 'stopped' : asFailure(error).message);
    }
    rollOut.isRunning = false;
    stopping = undefined;
    show();
  }

  /** Begins; how it goes is told by the document. */
  function begin(title: string, names: string[], work: (watch: Watch) => Promise<Exit>): void {
    if (stopping) throw new Error('another roll-out is under way: wait for its end, or stop it');
    stopping = new AbortController();
    setMaxListeners(0, stopping.signal); // every board listens
    const lights = names.map((name): Row => ({ name, stage: 'waiting', words: '' }));
    ended = run({ title, isRunning: true, lights, lines: [] }, stopping.signal, work);
  }

  /** The program that would be sent; it may be built anew while the page is open. */
  function look() {
    try {
      const firmware = readFirmware(bundle);
      documents.set('program', { version: firmware.version });
      return firmware;
    } catch (error) {
      documents.set('program', { problem: (error as Error).message });
      throw error;
    }
  }

  const actions = {
    update({ lights }) {
      const firmware = look();
      const names = readLights(lights);
      const order = { ...fleet, names, compact: false };
      const title = `Update of ${wordsOf(names)} to ${firmware.version}`;
      begin(title, names, (watch) => update(order, firmware, watch));
    },
    configure({ lights, settings }) {
      const names = readLights(lights);
      const order = { ...fleet, names, settings: readSettings(settings, names) };
      begin(`Settings of ${wordsOf(names)}`, names, (watch) => configure(order, watch));
    },
    stopRollOut: () => stopping?.abort(),
  } satisfies ActionTable;

  try {
    look();
  } catch {
    // the document says why
  }
  return {
    actions,
    /** Stops what is under way, and waits for its end. */
    async close(): Promise<void> {
      stopping?.abort();
      await ended;
    },
  };
}
