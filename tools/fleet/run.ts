// The fleet tool itself: starts brokers and lights, plays the acts, prints and draws what came of it.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessHost } from '../process.ts';
import { HELP, parseArguments, type FleetOrder } from './arguments.ts';
import { playAct, rise, type Stage } from './acts.ts';
import { openBrokers, type Brokers } from './brokers.ts';
import { commandAll } from './commander.ts';
import { createCrew, type Crew } from './crew.ts';
import { exitCodeOf, failure } from './exits.ts';
import { figuresOf, type ActFigures } from './figures.ts';
import { judgeAct, judgeIdentifiers, type Verdict } from './judge.ts';
import type { Order } from './messages.ts';
import { createRecord, type FleetRecord } from './record.ts';
import { checkFolder, reportOf, write, type FleetReport } from './report.ts';

/** Writes the verdicts, and notes the progress. */
type Host = Pick<ProcessHost, 'write' | 'note' | 'signal'>;

const FIRMWARE = new URL('../../dist/firmware.js', import.meta.url);

const PROGRESS_MS = 5_000;

/** How many files a process may open, sockets among them (`ulimit -n`); Infinity where the system does not say. */
function mostOpenFiles(): number {
  const { userLimits } = (process.report?.getReport() ?? {}) as { userLimits?: { open_files?: { soft: unknown } } };
  return Number(userLimits?.open_files?.soft) || Infinity;
}

/** Each light has a socket; a light that lost its power leaves a second one behind; and the rest needs some. */
function checkFileDescriptors({ nodes, workers }: FleetOrder): void {
  const most = mostOpenFiles();
  const needed = Math.ceil(nodes / workers) * 2 + 200;
  if (most < needed)
    throw failure(
      'notStarted',
      `a process may open ${most} files, and each needs ${needed}: ulimit -n ${needed}, or more --workers`,
    );
}

function createProgress(record: FleetRecord, nodes: number, note: (text: string) => void): () => void {
  let before = 0;
  const print = (): void => {
    const act = record.acts.at(-1);
    if (!act) return;
    const rate = Math.max(0, record.attempts() - before) / (PROGRESS_MS / 1000);
    before = record.attempts();
    const seconds = Math.round((Date.now() - act.startMs) / 1000);
    note(
      `${act.name.padEnd(8)}${String(seconds).padStart(4)} s  ${record.connected()} of ${nodes} connected, ${rate.toFixed(0)} connects/s${act.command ? `, ${record.obeyed()} have obeyed` : ''}\n`,
    );
  };
  const timer = setInterval(print, PROGRESS_MS);
  return () => clearInterval(timer);
}

const lineOf = ({ act, holds, text }: Verdict): string => `${holds ? '✓' : '✗'} ${act}: ${text}\n`;

/** Plays all acts; gives the verdicts and the report. */
async function play(order: FleetOrder, stage: Stage, crew: Crew, brokers: Brokers, host: Host) {
  const verdicts: Verdict[] = [];
  const acts: ActFigures[] = [];
  const startedMs = Date.now();
  const before = brokers.nodes.map((node) => node.usage());
  const isUp = await rise(stage);
  const { record } = stage;
  if (!isUp)
    throw failure(
      'notStarted',
      `only ${record.connected()} of ${order.nodes} lights have connected to ${brokers.name}`,
    );
  const idle = {
    crew: crew.usage(),
    before,
    brokers: brokers.nodes.map((node) => node.usage()),
    riseS: record.acts[0]!.lastedS,
  };
  await stage.command(10); // to all, while nothing happens
  for (const name of order.acts) {
    host.note(`${name}:\n`);
    const figures = figuresOf(await playAct(stage, name), brokers.nodes.length);
    acts.push(figures);
    for (const verdict of judgeAct(figures, order)) {
      verdicts.push(verdict);
      host.write(lineOf(verdict));
    }
  }
  verdicts.push(judgeIdentifiers(record.renewed()));
  host.write(lineOf(verdicts.at(-1)!));
  return reportOf({
    order,
    brokers,
    acts,
    verdicts,
    idle,
    usage: crew.usage(),
    seconds: (Date.now() - startedMs) / 1000,
  });
}

/** Runs with brokers and lights that end with it. */
async function runOrder(order: FleetOrder, host: Host): Promise<FleetReport> {
  checkFileDescriptors(order);
  const lost = new AbortController();
  const signal = AbortSignal.any([host.signal, lost.signal]);
  const record = createRecord();
  const stopProgress = createProgress(record, order.nodes, host.note);
  let crew: Crew | undefined;
  let brokers: Brokers | undefined;
  try {
    const tell = (one: Order): void => crew?.order(one);
    host.note(
      `starting ${order.cluster ?? 'with your brokers'}, then ${order.nodes} lights in ${order.workers} processes\n`,
    );
    brokers = await openBrokers(order, { order: tell, signal });
    signal.throwIfAborted();
    const addresses = brokers.nodes.map(({ address }) => address);
    await commandAll(addresses, 1, { ...order, signal }); // before any light: is it open to all, and does the cluster serve?
    const setup = {
      brokers: addresses,
      firmware: readFirmware(),
      spreadS: order.spreadS,
      keepAliveS: order.keepAliveS,
    };
    crew = createCrew({ ...order, setup, onEvent: record.take, onLoss: (error) => lost.abort(error) });
    const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal });
    const command = (level: number): Promise<void> => commandAll(addresses, level, { ...order, signal });
    return await play(order, { order, record, nodes: brokers.nodes, tell, command, pause }, crew, brokers, host);
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    stopProgress();
    await crew?.dispose();
    await brokers?.dispose();
  }
}

function readFirmware(): string {
  try {
    return readFileSync(FIRMWARE, 'latin1');
  } catch {
    throw failure('notStarted', 'no dist/firmware.js: run npm run build first');
  }
}

/**
 * Runs a fleet.
 * @returns the exit code
 */
export function runFleet(argv: string[], host: Host): Promise<number> {
  async function work() {
    const order = parseArguments(argv);
    if (!order) {
      host.write(HELP);
      return 'held';
    }
    if (order.out !== undefined) checkFolder(order.out);
    const report = await runOrder(order, host);
    host.write(report.summary);
    if (order.out !== undefined) {
      write(report, order.out);
      host.note(`${order.out} and the figures next to it\n`);
    }
    return report.data.verdicts.every(({ holds }) => holds) ? 'held' : 'broken';
  }
  return exitCodeOf('fleet', work, { print: host.note, signal: host.signal, aborted: 'interrupted' });
}
