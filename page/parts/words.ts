// Figures in words.

/** The place of a value that is not known. */
export const NONE = '–';

const UNITS: [seconds: number, unit: string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** A time span as its largest unit says it, such as `3 h`. */
export function span(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** A number, with thin spaces between its thousands. */
export const figure = (value: number | undefined): string =>
  value === undefined
    ? NONE
    : Math.round(value)
        .toString()
        .replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** One thing, or several. */
export const count = (number: number, one: string): string => `${figure(number)} ${one}${number === 1 ? '' : 's'}`;
