// The report of a run: a summary for people, figures as JSON, and a picture.

import { accessSync, constants, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import type { FleetOrder } from './arguments.ts';
import type { Brokers, Node } from './brokers.ts';
import { draw } from './draw.ts';
import { failure } from './exits.ts';
import { tenths, type ActFigures } from './figures.ts';
import type { Verdict } from './judge.ts';
import type { Usage } from './messages.ts';

/** The JSON file. */
export interface FleetData {
  brokers: string;
  nodes: number;
  spreadS: number;
  keepAliveS: number;
  computer: { cores: number; memoryGB: number; loadAverage: number };
  /** Of one light, its share of the process too. */
  perLight: { memoryKB: number; cpuMsPerS: number; startCpuMs: number };
  /** Of the brokers, for each light: all nodes together. */
  perLightAtBrokers: { memoryKB: number; startCpuMs: number } | null;
  /** Seconds by which the lights' clocks were late, because the computer was too busy. */
  lateS: number;
  riseS: number;
  acts: ActFigures[];
  verdicts: Verdict[];
}

/** A report. */
export interface FleetReport {
  data: FleetData;
  summary: string;
}

/** What the report is made of. */
interface ReportParts {
  order: FleetOrder;
  brokers: Brokers;
  acts: ActFigures[];
  verdicts: Verdict[];
  /** When all lights had connected for the first time, and what the brokers used before. */
  idle: { crew: Usage; before: ReturnType<Node['usage']>[]; brokers: ReturnType<Node['usage']>[]; riseS: number };
  usage: Usage;
  /** The whole run. */
  seconds: number;
}

function perLightAtBrokers({ idle, order }: ReportParts): FleetData['perLightAtBrokers'] {
  let [memoryKB, startCpuMs] = [0, 0];
  for (const [at, usage] of idle.brokers.entries()) {
    const before = idle.before[at];
    if (!usage || !before) return null;
    memoryKB += (usage.rssBytes - before.rssBytes) / 1000 / order.nodes;
    startCpuMs += ((usage.cpuS - before.cpuS) * 1000) / order.nodes;
  }
  return { memoryKB: Math.round(memoryKB), startCpuMs: tenths(startCpuMs) };
}

function dataOf(parts: ReportParts): FleetData {
  const { order, brokers, acts, verdicts, idle, usage, seconds } = parts;
  const actsS = seconds - idle.riseS;
  return {
    ...{ brokers: brokers.name, nodes: order.nodes, spreadS: order.spreadS, keepAliveS: order.keepAliveS },
    computer: {
      cores: availableParallelism(),
      memoryGB: Math.round(totalmem() / 1e9),
      loadAverage: tenths(loadavg()[0]!),
    },
    perLight: {
      memoryKB: Math.round(usage.rssBytes / order.nodes / 1000),
      cpuMsPerS: Math.round(((usage.cpuS - idle.crew.cpuS) * 1e5) / order.nodes / actsS) / 100,
      startCpuMs: tenths((idle.crew.cpuS * 1000) / order.nodes),
    },
    perLightAtBrokers: perLightAtBrokers(parts),
    ...{ lateS: tenths(usage.lateS), riseS: tenths(idle.riseS), acts, verdicts },
  };
}

/** Makes the report of a run. */
export function reportOf(parts: ReportParts): FleetReport {
  const data = dataOf(parts);
  const { perLight, perLightAtBrokers: atBrokers, computer } = data;
  const summary = [
    `${data.nodes} lights, ${data.brokers}, spreadS ${data.spreadS}: all connected for the first time after ${data.riseS} s`,
    `a light: ${perLight.memoryKB} kB, ${perLight.startCpuMs} ms of processor to start, ${perLight.cpuMsPerS} ms/s in the acts`,
    ...(atBrokers
      ? [
          `at the brokers, all nodes together: ${atBrokers.memoryKB} kB and ${atBrokers.startCpuMs} ms of processor a light`,
        ]
      : []),
    `the computer: ${computer.cores} cores, load ${computer.loadAverage}; the lights' clocks were ${data.lateS} s late in all`,
    '',
  ].join('\n');
  return { data, summary };
}

const unwritable = (svgFile: string, error: unknown) =>
  failure('badArguments', `cannot write ${svgFile} (${(error as NodeJS.ErrnoException).code})`);

/**
 * Refuses a picture that could not be written in the end, minutes later.
 * @throws Failure badArguments
 */
export function checkFolder(svgFile: string): void {
  try {
    accessSync(path.dirname(svgFile), constants.W_OK);
  } catch (error) {
    throw unwritable(svgFile, error);
  }
}

/**
 * Writes the picture, and the figures next to it.
 * @throws Failure badArguments
 */
export function write({ data }: FleetReport, svgFile: string): void {
  try {
    writeFileSync(svgFile, draw(data));
    writeFileSync(svgFile.replace(/\.svg$/, '.json'), `${JSON.stringify(data)}\n`);
  } catch (error) {
    throw unwritable(svgFile, error);
  }
}
