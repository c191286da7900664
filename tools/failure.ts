// The failures that a tool expects: one line for the user, and the name of an exit code from the tool's own table.

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

/** Creates what a tool needs to end with the codes of its table. */
export function exitsOf<Exit extends string>(table: ExitTable<Exit | 'unexpected'>) {
  type Name = Exit | 'unexpected';
  const rows = Object.entries(table) as [Name, ExitTable<Name>[Name]][];
  return {
    /** The numbers by name. */
    EXIT: Object.fromEntries(rows.map(([name, [code]]) => [name, code])) as Record<Name, number>,
    /** The lines of a help text. */
    EXIT_HELP: rows.map(([, [code, meaning]]) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n'),
    /** Creates a failure. */
    failure: (exit: Name, message: string): Failure<Name> => failure(exit, message),
    /** Whether an error is an expected failure; any other is a defect. */
    isFailure: (error: unknown): error is Failure<Name> => isFailure(error),
    /** Turns any thrown value into a failure. */
    asFailure(error: unknown): Failure<Name> {
      if (isFailure(error) && error.exit in table) return error as Failure<Name>;
      return failure('unexpected', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    },
  };
}
