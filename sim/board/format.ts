// How the interpreter's `print` shows a value.

/** Formats one argument of `print`. */
export function format(value: unknown): string {
  if (typeof value === 'string') return value;
  return show(value);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'function () {}';
  if (value === null || typeof value !== 'object') return String(value);
  if (isError(value)) return `${value.name}: ${value.name}: ${value.message}`;
  if (ArrayBuffer.isView(value)) return `new Uint8Array([${[...(value as Uint8Array)].join(', ')}])`;
  if (Array.isArray(value)) return `[ ${value.map(show).join(', ')} ]`;
  if (Object.hasOwn(value, 'toString')) return String(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${show(item)}`);
  return `{ ${entries.join(', ')} }`;
}

/** An error of any realm. */
function isError(value: object): value is Error {
  return 'stack' in value && 'message' in value && typeof (value as Error).message === 'string';
}

/** The first frame of a stack in a program's own file; those of the simulator have a path or `node:`. */
const PROGRAM_FRAME = /\n(\s+at (?!.*node:)[^/\\\n]*)(?=\n|$)/;

/** The console lines of an exception that nothing caught. */
export function formatUncaught(error: unknown): string[] {
  if (error === null || typeof error !== 'object') return [`Uncaught ${String(error)}`];
  if (!isError(error)) return ['Uncaught [object Object]'];
  const place = PROGRAM_FRAME.exec(error.stack ?? '')?.[1];
  const name = error.name === 'TypeError' || error.name === 'RangeError' ? 'Error' : error.name;
  return [`Uncaught ${name}: ${error.message}`, ...(place === undefined ? [] : [place])];
}
