// Formats tables for a terminal: text to the left, numbers to the right.

/** A column of a table. */
interface Column {
  key: string;
  label: string;
  /** Decimal places of its numbers; default 0. */
  digits?: number;
}

/** Undefined where nothing was measured. */
type Cell = string | number | undefined;

/** The result of a measurement. */
export interface Table {
  title: string;
  /** How it was measured, one line each. */
  method: string[];
  columns: Column[];
  rows: Record<string, Cell>[];
  /** Says what was left out, and what to install for it. */
  notes: string[];
}

const GAP = '  ';

function cellText(cell: Cell, digits: number): string {
  if (cell === undefined) return '-';
  if (typeof cell === 'string') return cell;
  return cell.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Formats a table as text that ends in a line feed; without rows, only its title and notes. */
export function formatTable({ title, method, columns, rows, notes }: Table): string {
  const body = rows.map((row) => columns.map(({ key, digits = 0 }) => cellText(row[key], digits)));
  const lines = [columns.map(({ label }) => label), ...body];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const isNumeric = columns.map(({ key }) => rows.some((row) => typeof row[key] === 'number'));
  const format = (line: string[]): string =>
    line
      .map((text, at) => (isNumeric[at] ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join(GAP);
  const [head = [], ...rest] = lines;
  const grid = [...method.map((line) => `  ${line}`), format(head), rule, ...rest.map(format)];
  return [title, ...(rows.length > 0 ? grid : []), ...notes.map((note) => `! ${note}`), ''].join('\n');
}
