// Draws recorded steps as an animated SVG: two terminals side by side, and the lamps. CSS alone moves it, in an endless loop.

import { escaped } from '../markup.ts';
import { stripVTControlCharacters } from 'node:util';
import type { Line, Step } from './record.ts';

/** Of a character, in pixels. */
const CHAR = { width: 7.2, height: 17 };
const LEFT_COLUMNS = 64;
const RIGHT_COLUMNS = 46;
const PADDING = 12;
const TITLE = 28;
const GAP = 12;

const KEY_MS = 25;
const READ_MS = 1_500;
const END_MS = 4_000;

/** Where the loop begins: both lamps are on, for viewers that show the first frame alone. */
const FIRST_FRAME_MS = 5_000;

/** Colours by the number of their escape sequence. */
const COLORS: Record<string, string> = { 2: '#8b949e', 31: '#ff7b72', 32: '#7ee787', 33: '#f2cc60' };
const TEXT = '#e6edf3';
const PROMPT = '$ ';

/** A terminal's row that appears at a time. */
interface Row {
  text: string;
  atMs: number;
  color?: string | undefined;
  /** The column from which on the text is typed, key by key. */
  typedFrom?: number;
}

/** A lamp's brightness from a time on. */
interface Glow {
  name: string;
  /** 0-1 */
  level: number;
  atMs: number;
  fadeMs: number;
}

function wrap(text: string, columns: number): string[] {
  return text.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [''];
}

/** Rows of a command that is typed at a prompt. */
function typed(command: string, atMs: number, columns: number): Row[] {
  return wrap(PROMPT + command, columns).map((text, index) => {
    const typedFrom = index === 0 ? PROMPT.length : 0;
    return { text, atMs: atMs + Math.max(0, index * columns - PROMPT.length) * KEY_MS, typedFrom };
  });
}

function printed({ text, delayMs }: Line, enterMs: number): Row[] {
  const color = COLORS[/\x1b\[(\d+)m/.exec(text)?.[1] ?? ''];
  return wrap(stripVTControlCharacters(text), LEFT_COLUMNS).map((row) => ({
    text: row,
    atMs: enterMs + delayMs,
    color,
  }));
}

function glowOf({ text, delayMs }: Line, enterMs: number, command: string): Glow[] {
  const match = /[●○] (\S+) +(on|off)\D*(\d+)?/.exec(stripVTControlCharacters(text));
  if (!match) return [];
  const level = match[2] === 'on' ? Number(match[3]) / 100 : 0;
  const fadeMs = 1_000 * Number(/"transition":(\d+)/.exec(command)?.[1] ?? 0);
  return [{ name: match[1]!, level, atMs: enterMs + delayMs, fadeMs }];
}

/** Lays the steps out in time, one after the other. */
function schedule(steps: Step[]): { left: Row[]; right: Row[]; glows: Glow[]; totalMs: number } {
  const left: Row[] = [];
  const right: Row[] = [];
  const glows: Glow[] = [];
  let nowMs = 500;
  steps.forEach(({ command, lines }, index) => {
    const [pane, columns] = index === 0 ? ([left, LEFT_COLUMNS] as const) : ([right, RIGHT_COLUMNS] as const);
    pane.push(...typed(command, nowMs, columns));
    const enterMs = nowMs + command.length * KEY_MS + 200;
    left.push(...lines.flatMap((line) => printed(line, enterMs)));
    glows.push(...lines.flatMap((line) => glowOf(line, enterMs, command)));
    nowMs = enterMs + (lines.at(-1)?.delayMs ?? 0) + READ_MS;
  });
  return { left, right, glows, totalMs: nowMs + END_MS };
}

/** Writes each animation once, and gives its name. */
function createAnimations(totalMs: number) {
  const names = new Map<string, string>();
  return {
    percent: (ms: number): string => `${+((100 * ms) / totalMs).toFixed(2)}%`,
    name(keyframes: string): string {
      if (!names.has(keyframes)) names.set(keyframes, `k${names.size}`);
      return names.get(keyframes)!;
    },
    text: (): string => [...names].map(([keyframes, name]) => `@keyframes ${name}{${keyframes}}`).join('\n'),
  };
}

type Animations = ReturnType<typeof createAnimations>;

function drawRow({ text, atMs, color, typedFrom }: Row, y: number, { percent, name }: Animations): string {
  if (text === '') return '';
  const width = (chars: number): number => +(chars * CHAR.width).toFixed(1);
  const shown = name(`0%{opacity:0}${percent(atMs)}{opacity:1}`);
  const fill = color ? ` fill="${color}"` : '';
  const row = `<text y="${y}" textLength="${width(text.length)}" style="animation-name:${shown}"${fill}>${escaped(text)}</text>`;
  if (typedFrom === undefined) return row;
  const keys = text.length - typedFrom;
  const start = `${percent(atMs)}{transform:none;animation-timing-function:steps(${keys})}`;
  const end = `${percent(atMs + keys * KEY_MS)},to{transform:translateX(${width(keys)}px)}`;
  const uncovered = name(`0%{transform:none}${start}${end}`);
  return `${row}<rect class="cover" x="${width(typedFrom)}" y="${y - 13}" width="999" height="${CHAR.height}" style="animation-name:${uncovered}"/>`;
}

function drawFrame(title: string, x: number, y: number, width: number, height: number): string {
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, i) => `<circle cx="${16 + 16 * i}" cy="15" r="5" fill="${fill}"/>`,
  );
  return `<g transform="translate(${x} ${y})"><rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="#0d1117" stroke="#484f58"/>${dots.join('')}<text x="${width / 2}" y="19" text-anchor="middle" fill="#8b949e">${title}</text></g>`;
}

function drawTerminal(title: string, rows: Row[], [x, width, height]: number[], animations: Animations): string {
  const lines = rows.map((row, index) => drawRow(row, 13 + index * CHAR.height, animations)).filter(Boolean);
  const inner = `<svg x="${x! + PADDING}" y="${TITLE + 6}" width="${width! - 2 * PADDING}" height="${height! - TITLE - 8}">`;
  return `${drawFrame(title, x!, 0, width!, height!)}\n${inner}\n${lines.join('\n')}\n</svg>`;
}

function drawLamp(name: string, glows: Glow[], [x, y]: number[], { percent, name: animation }: Animations): string {
  let level = 0;
  let keyframes = '0%{opacity:0}';
  for (const glow of glows) {
    if (glow.fadeMs > 0) {
      keyframes += `${percent(glow.atMs)}{opacity:${level};animation-timing-function:linear}`;
    }
    level = glow.level;
    keyframes += `${percent(glow.atMs + glow.fadeMs)}{opacity:${level}}`;
  }
  const bulb = 'M-18 26C-18 14-32 8-32-12a32 32 0 0 1 64 0C32 8 18 14 18 26z';
  return `<g transform="translate(${x} ${y})">
<path d="${bulb}" fill="#30363d"/>
<g style="animation-name:${animation(keyframes)}" opacity="${level}"><circle cy="-12" r="80" fill="url(#glow)"/><path d="${bulb}" fill="#f2cc60"/></g>
<path d="M-15 30h30v6h-30zM-15 39h30v6h-30z" fill="#8b949e"/>
<text y="68" text-anchor="middle" fill="#8b949e">${escaped(name)}</text>
</g>`;
}

/**
 * Draws the animation.
 * @param steps as they were recorded
 * @returns the text of an SVG file, without scripts
 */
export function drawDemo(steps: Step[]): string {
  const { left, right, glows, totalMs } = schedule(steps);
  const animations = createAnimations(totalMs);
  const leftWidth = Math.ceil(LEFT_COLUMNS * CHAR.width) + 2 * PADDING;
  const rightWidth = Math.ceil(RIGHT_COLUMNS * CHAR.width) + 2 * PADDING;
  const height = TITLE + left.length * CHAR.height + 2 * PADDING;
  const rightHeight = TITLE + right.length * CHAR.height + 2 * PADDING;
  const x = leftWidth + GAP;
  const width = x + rightWidth;
  const names = [...new Set(glows.map(({ name }) => name))].sort();
  const lampsY = rightHeight + (height - rightHeight) / 2 + 6;
  const body = [
    drawTerminal('npm start', left, [0, leftWidth, height], animations),
    drawTerminal('mosquitto_pub', right, [x, rightWidth, rightHeight], animations),
    drawFrame('the lamps', x, rightHeight + GAP, rightWidth, height - rightHeight - GAP),
    ...names.map((name, index) =>
      drawLamp(
        name,
        glows.filter((glow) => glow.name === name),
        [x + (rightWidth * (2 * index + 1)) / (2 * names.length), lampsY],
        animations,
      ),
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Two virtual lights follow the commands of mosquitto_pub">
<style>
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}
svg svg{fill:${TEXT}}
[style]{animation:${totalMs / 1000}s step-end -${FIRST_FRAME_MS / 1000}s infinite}
.cover{fill:#0d1117;transform:translateX(999px)}
@media(prefers-reduced-motion:reduce){[style]{animation:none}}
${animations.text()}
</style>
<radialGradient id="glow"><stop stop-color="#f2cc60" stop-opacity=".7"/><stop offset="1" stop-color="#f2cc60" stop-opacity="0"/></radialGradient>
${body.join('\n')}
</svg>
`;
}
