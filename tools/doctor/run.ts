// The doctor itself: listens, judges, prints.

import type { ProcessHost } from '../process.ts';
import { parseArguments, HELP, type DoctorOrder } from './arguments.ts';
import { collect } from './collect.ts';
import { diagnose } from './diagnose.ts';
import { exitCodeOf } from './exits.ts';
import { lineOf } from './finding.ts';

/** Writes findings and nothing else, and notes all other words. */
type Host = Pick<ProcessHost, 'write' | 'note' | 'environment' | 'signal'>;

async function examine(order: DoctorOrder, { write, note, signal }: Host) {
  const record = await collect(order, signal);
  const lights = record.lights();
  const findings = diagnose(lights, order);
  for (const finding of findings) write(`${lineOf(finding)}\n`);
  const ignored = record.ignored() > 0 ? `, ${record.ignored()} messages ignored: too large, or too many lights` : '';
  note(`doctor: lights: ${lights.length}, findings: ${findings.length}${ignored}\n`);
  return findings.length > 0 ? 'findings' : 'healthy';
}

/**
 * Looks at the lights of a broker once.
 * @returns the exit code
 */
export function runDoctor(argv: string[], host: Host): Promise<number> {
  async function work() {
    const order = parseArguments(argv, host.environment);
    if (order) return examine(order, host);
    host.write(HELP);
    return 'healthy';
  }
  return exitCodeOf('doctor', work, { print: host.note, signal: host.signal, aborted: 'interrupted' });
}
