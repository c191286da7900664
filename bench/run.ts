// Runs the measurements, one after the other, and disposes of all that each has started, even when it fails or is interrupted.

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { HELP, parseArguments, type BenchArguments, type Section } from './arguments.ts';
import { measureCosts } from './costs.ts';
import { measureGrowth } from './growth.ts';
import { createLab, type Lab } from './lab.ts';
import { measureLatency } from './latency.ts';
import { measureReconnect } from './reconnect.ts';
import { formatTable, type Table } from './table.ts';
import { measureThroughput } from './throughput.ts';

/** Where the results go, and what ends the run. */
interface Host {
  write(text: string): void;
  /** Prints to stderr what is being measured, and errors. */
  progress(text: string): void;
  signal: AbortSignal;
}

const EXIT = { measured: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const FIRMWARE = new URL('../dist/firmware.js', import.meta.url);

const MEASURES: Record<Section, (lab: Lab) => Promise<Table>> = {
  latency: measureLatency,
  throughput: measureThroughput,
  reconnect: measureReconnect,
  costs: measureCosts,
  growth: measureGrowth,
};

/** Reads a file of the user, or of the build. */
function readText(file: string | URL, advice: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw new Error(`cannot read ${String(file)} (${(error as NodeJS.ErrnoException).code}): ${advice}`);
  }
}

/** Describes what is measured, and on which computer. */
const subject = (firmware: string): string =>
  `firmware of ${firmware.length.toLocaleString('en-US')} bytes, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`;

/** Measures one table; undefined when it failed, which is printed, or was interrupted. */
async function measure(section: Section, lab: Lab, { progress, signal }: Host): Promise<Table | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    if (signal.aborted) resolve(undefined);
  });
  try {
    progress(`${section} ...\n`);
    return await Promise.race([MEASURES[section](lab), aborted]);
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? '';
    progress(`bench: ${section} failed: ${reason}\n`);
    return undefined;
  } finally {
    await (signal.aborted ? lab.close() : lab.clear());
  }
}

async function measureAll({ sections, isJson, ...options }: BenchArguments, host: Host): Promise<number> {
  const firmware = readText(options.firmware ?? FIRMWARE, 'build it with npm run build');
  const module = (file: string | undefined) => (file === undefined ? undefined : readText(file, 'see --help'));
  const [tinyMqtt, mqttModule] = [module(options.tinyMqtt), module(options.mqttModule)];
  const lab = createLab({ firmware, tinyMqtt, mqttModule, isQuick: options.isQuick, progress: host.progress });
  const found: Partial<Record<Section, Table>> = {};
  if (!isJson) host.write(subject(firmware) + '\n\n');
  for (const section of sections) {
    const table = await measure(section, lab, host);
    if (host.signal.aborted) return EXIT.interrupted;
    if (!table) continue;
    found[section] = table;
    if (!isJson) host.write(formatTable(table) + '\n');
  }
  if (isJson) host.write(JSON.stringify({ subject: subject(firmware), tables: found }, undefined, 2) + '\n');
  return Object.keys(found).length === sections.length ? EXIT.measured : EXIT.failed;
}

/**
 * Runs what the command line asks for, until it is aborted.
 * @returns the exit code, as in `--help`
 */
export async function runBench(argv: string[], host: Host): Promise<number> {
  let options: BenchArguments | undefined;
  try {
    options = parseArguments(argv);
  } catch (error) {
    host.progress(`bench: ${(error as Error).message}\n`);
    return EXIT.usage;
  }
  if (!options) {
    host.write(HELP);
    return EXIT.measured;
  }
  try {
    return await measureAll(options, host);
  } catch (error) {
    host.progress(`bench: ${(error as Error).message}\n`);
    return EXIT.failed;
  }
}
