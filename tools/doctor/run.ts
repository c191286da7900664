// The doctor itself: listens, judges, prints.

import { parseArguments, HELP, type DoctorOrder } from './arguments.ts';
import { collect } from './collect.ts';
import { diagnose } from './diagnose.ts';
import { asFailure, EXIT } from './exits.ts';
import { printable } from '../printable.ts';
import { lineOf } from './finding.ts';

/** The world around the tool; tests bring their own. */
export interface DoctorHost {
  /** For the findings, and for nothing else. */
  write(text: string): void;
  /** For all other words. */
  note(text: string): void;
  /** Ends it early. */
  signal: AbortSignal;
  env?: NodeJS.ProcessEnv;
}

async function examine(order: DoctorOrder, { write, note, signal }: DoctorHost): Promise<number> {
  const record = await collect(order, signal);
  const lights = record.lights();
  const findings = diagnose(lights, order);
  for (const finding of findings) write(`${lineOf(finding)}\n`);
  const ignored = record.ignored() > 0 ? `, ${record.ignored()} messages ignored: too large, or too many lights` : '';
  note(`doctor: lights: ${lights.length}, findings: ${findings.length}${ignored}\n`);
  return findings.length > 0 ? EXIT.findings : EXIT.healthy;
}

/**
 * Looks at the lights of a broker once.
 * @returns the exit code
 */
export async function runDoctor(argv: string[], host: DoctorHost): Promise<number> {
  try {
    const order = parseArguments(argv, host.env ?? process.env);
    if (order) return await examine(order, host);
    host.write(HELP);
    return EXIT.healthy;
  } catch (error) {
    if (host.signal.aborted) return EXIT.interrupted;
    const { exit, message } = asFailure(error);
    host.note(`doctor: ${printable(message, Infinity)}\n`);
    return EXIT[exit];
  }
}
