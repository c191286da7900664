// The programs that are built: which source each begins with, and how the chip gets it.

/** A program on the chip. */
export type Program = 'light' | 'update' | 'loader' | 'setup';

/** How a program is built. */
interface Source {
  /** Relative to the project's folder. */
  entry: string;
  /**
   * Given for a program that the light evaluates when it needs it. Then it is a function of these parameters, which the entry
   * declares as globals; what the entry assigns to `result` is what the function returns.
   */
  parameters?: string[];
}

export const PROGRAMS: Record<Program, Source> = {
  light: { entry: 'src/main.ts' },
  update: { entry: 'src/update/main.ts', parameters: ['board', 'parts'] },
  loader: { entry: 'src/loader.ts' },
  setup: { entry: 'src/setup/main.ts', parameters: ['board', 'parts'] },
};

/** Those that are a file of their own on the board. */
export const BESIDE = ['loader', 'setup'] as const satisfies Program[];

/** What esbuild puts around a program. */
export function wrapping({ parameters }: Source): { banner: string; footer: string } {
  if (!parameters) return { banner: '', footer: '' };
  return { banner: `(function(${[...parameters, 'result'].join(',')}){`, footer: 'return result})' };
}
