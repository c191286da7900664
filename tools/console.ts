// The board's console as lines that a person can read: no prompt, no cursor movements, UTF-8.

/** Bounds a line that never ends. */
const LINE_MAX_CHARS = 4_000;

/** Removes what the interpreter's line editor draws: escape sequences, overwritten text, the prompt. */
export function cleanLine(raw: string): string {
  const drawn = raw.replace(/\r+$/, '');
  return drawn
    .slice(drawn.lastIndexOf('\r') + 1)
    .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
    .replace(/^(?:>|debug>)+/, '')
    .trimEnd();
}

/**
 * Creates a splitter of console lines: feed it chars (one per byte); it calls back with each line that is not empty.
 * @param onLine receives the clean line, decoded from UTF-8
 */
export function createLineSplitter(onLine: (line: string) => void): (chars: string) => void {
  let rest = '';
  return (chars) => {
    const lines = (rest + chars).split('\n');
    rest = (lines.pop() ?? '').slice(-LINE_MAX_CHARS);
    for (const raw of lines) {
      const line = cleanLine(Buffer.from(raw, 'latin1').toString('utf8'));
      if (line !== '') onLine(line);
    }
  };
}

/** Whether the chip prints this line when a program throws, runs out of memory or crashes. A plain `ERROR:` may come from a broker that is away. */
export function isThrown(line: string): boolean {
  return /^(Uncaught\b|[A-Z]\w*Error: |ERROR: Out of Memory|New interpreter error\b|Guru Meditation Error\b)/.test(
    line,
  );
}
