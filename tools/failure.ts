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

/** Whether an error is an expected failure; any other is a defect. */
export const isFailure = (error: unknown): error is Failure => error instanceof Error && 'exit' in error;

/** Turns any thrown value into a failure of a tool with these exit codes. */
export function asFailure<Exit extends string>(error: unknown, codes: Record<Exit | 'unexpected', number>) {
  if (isFailure(error) && error.exit in codes) return error as Failure<Exit>;
  return failure('unexpected', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

/** The lines of a help text that explain exit codes. */
export const exitLines = <Exit extends string>(codes: Record<Exit, number>, meanings: Record<Exit, string>): string[] =>
  Object.entries(codes).map(([name, code]) => `  ${String(code).padStart(3)}  ${meanings[name as Exit]}`);
