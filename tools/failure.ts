// The failures that a tool expects: one line for the user, and the name of an exit code from the tool's own table.

import { printable } from './printable.ts';

/** An expected failure. */
export interface Failure<Exit extends string = string> extends Error {
  exit: Exit;
}

/**
 * Creates a failure.
 * @param exit name of an exit code
 * @param message what failed and what to do, in one line
 */
export const failure = <Exit extends string>(exit: Exit, message: string): Failure<Exit> =>
  Object.assign(new Error(message), { exit });

/** Whether an error is an expected failure. */
export const isFailure = (error: unknown): error is Failure => error instanceof Error && 'exit' in error;

/** What a tool can end with: by name the number and its meaning, in one line. Both are documented: a number never changes its meaning. */
type ExitTable<Exit extends string> = Record<Exit, readonly [code: number, meaning: string]>;

/** How a tool ends. */
interface Ending<Exit extends string> {
  /** Prints the line of a failure. */
  print(text: string): void;
  /** Once it is aborted, a failure is none, and has no line. */
  signal?: AbortSignal;
  /** What the tool ends with then. */
  aborted?: Exit;
}

/** Creates what a tool needs to end with the codes of its table. */
export function exitsOf<Exit extends string>(table: ExitTable<Exit | 'unexpected'>) {
  type Name = Exit | 'unexpected';
  const rows = Object.entries(table) as [Name, ExitTable<Name>[Name]][];
  const EXIT = Object.fromEntries(rows.map(([name, [code]]) => [name, code])) as Record<Name, number>;

  /** Turns any thrown value into a failure. */
  function asFailure(error: unknown): Failure<Name> {
    if (isFailure(error) && error.exit in table) return error as Failure<Name>;
    return failure('unexpected', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }

  return {
    /** The numbers by name. */
    EXIT,
    /** The lines of a help text. */
    EXIT_HELP: rows.map(([, [code, meaning]]) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n'),
    /** Creates a failure. */
    failure: (exit: Name, message: string): Failure<Name> => failure(exit, message),
    /** Whether an error is an expected failure; any other is a defect. */
    isFailure: (error: unknown): error is Failure<Name> => isFailure(error),
    asFailure,
    /**
     * Does a tool's work: a failure is one line for each fault, fit for a terminal.
     * @returns the exit code
     */
    async exitCodeOf(tool: string, work: () => Promise<Name>, { print, signal, aborted }: Ending<Name>) {
      try {
        return EXIT[await work()];
      } catch (error) {
        if (signal?.aborted && aborted) return EXIT[aborted];
        const { exit, message } = asFailure(error);
        const lines = message.split('\n').map((line) => printable(line, Infinity));
        print(`${tool}: ${lines.join('\n')}\n`);
        return EXIT[exit];
      }
    },
  };
}
