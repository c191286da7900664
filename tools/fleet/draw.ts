// Draws the acts of a run as SVG: lights connected, and below them connects per second. No script; readable on light and dark.

import { escaped } from '../markup.ts';
import { tenths, type ActFigures } from './figures.ts';

/** The run that is drawn. */
interface Run {
  acts: ActFigures[];
  nodes: number;
  /** Their name, for people. */
  brokers: string;
  spreadS: number;
}

const WIDTH = 760;
const HEAD = 46;
const PANEL = 250;
const [LEFT, RIGHT] = [64, 20];
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;

/** Heights and tops of the two plots within a panel. */
const LIGHTS = { top: 28, height: 100 };
const CONNECTS = { top: 152, height: 50 };

const STYLE = `
text{font:12px system-ui,sans-serif;fill:#57606a}
.title{font-weight:600;font-size:14px;fill:#24292f}
.axis{stroke:#8c959f;stroke-width:1;fill:none}
.grid{stroke:#8c959f;stroke-width:.5;stroke-dasharray:2 3;opacity:.6}
.lights{fill:#2da44e;fill-opacity:.25;stroke:#2da44e;stroke-width:1.5}
.connects{fill:#0969da}
.down{stroke:#cf222e}.up{stroke:#2da44e}.command{stroke:#9a6700}
.mark{stroke-width:1.2;stroke-dasharray:4 3}
@media(prefers-color-scheme:dark){text{fill:#9198a1}.title{fill:#e6edf3}.connects{fill:#58a6ff}.lights{fill:#3fb950;stroke:#3fb950}.up{stroke:#3fb950}.down{stroke:#f85149}.command{stroke:#d29922}}
`;

const number = (value: number): string => String(tenths(value));
const label = (x: number, y: number, text: string, more = ''): string =>
  `<text x="${number(x)}" y="${number(y)}" ${more}>${escaped(text)}</text>`;

/** A round step that divides an axis into at most `parts`. */
function stepOf(most: number, parts: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most / parts)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => most / step <= parts) ?? most;
}

interface Plot {
  top: number;
  height: number;
  /** The largest value. */
  most: number;
}

const yOf = ({ top, height, most }: Plot, value: number): number => top + height - (value / Math.max(1, most)) * height;

/** The vertical axis with its labels. */
function axisOf(plot: Plot, name: string): string {
  const { top, height, most } = plot;
  const step = stepOf(most, 4);
  const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step);
  return [
    `<path class="axis" d="M${LEFT} ${top}V${top + height}H${WIDTH - RIGHT}"/>`,
    ...ticks.map((value) => label(LEFT - 6, yOf(plot, value) + 4, value.toLocaleString('en'), 'text-anchor="end"')),
    ...ticks.slice(1).map((value) => `<path class="grid" d="M${LEFT} ${number(yOf(plot, value))}H${WIDTH - RIGHT}"/>`),
    label(LEFT, top - 7, name),
  ].join('');
}

/** One act; the origin is the panel's corner. */
function panel(act: ActFigures, nodes: number): string {
  const seconds = Math.max(1, act.connected.length);
  const x = (second: number): number => LEFT + (second / seconds) * PLOT_WIDTH;
  const lights = { ...LIGHTS, most: nodes };
  const connects = { ...CONNECTS, most: Math.max(1, act.largestLump) };
  const curve = act.connected
    .map((count, second) => `L${number(x(second + 1))} ${number(yOf(lights, count))}`)
    .join('');
  const bottom = LIGHTS.top + LIGHTS.height;
  const first = act.connected[0] ?? 0;
  const bars = act.attempts.flatMap((count, second) =>
    count
      ? [
          `M${number(x(second))} ${number(yOf(connects, count))}H${number(x(second + 1))}V${CONNECTS.top + CONNECTS.height}H${number(x(second))}Z`,
        ]
      : [],
  );
  const line = (atS: number, kind: string): string =>
    `<path class="mark ${kind}" d="M${number(x(atS))} ${LIGHTS.top}V${CONNECTS.top + CONNECTS.height}"/>`;
  const step = stepOf(seconds, 10);
  const times = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, at) => at * step);
  const { 50: half, 95: most, 100: all } = act.backS;
  return [
    label(
      LEFT,
      4,
      `${act.name}: back 50 % ${half ?? '∞'} s, 95 % ${most ?? '∞'} s, 100 % ${all ?? '∞'} s; largest lump ${act.largestLump} in a second`,
      'class="title"',
    ),
    axisOf(lights, 'lights connected'),
    `<path class="lights" d="M${LEFT} ${bottom}L${LEFT} ${number(yOf(lights, first))}${curve}V${bottom}Z"/>`,
    axisOf(connects, 'connects per second'),
    `<path class="connects" d="${bars.join('')}"/>`,
    ...act.marks.map(({ atS, what }) => line(atS, what)),
    act.command && act.command.atS < Infinity ? line(act.command.atS, 'command') : '',
    ...times.map((second) =>
      label(x(second), CONNECTS.top + CONNECTS.height + 15, String(second), 'text-anchor="middle"'),
    ),
    label(WIDTH - RIGHT, CONNECTS.top + CONNECTS.height + 30, 'seconds', 'text-anchor="end"'),
  ].join('\n');
}

/** Draws a run. */
export function draw({ acts, nodes, brokers, spreadS }: Run): string {
  const height = HEAD + acts.length * PANEL;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(`${nodes} lights on ${brokers}`)}</title>`,
    `<style>${STYLE}</style>`,
    label(
      LEFT,
      18,
      `${nodes.toLocaleString('en')} lights, ${brokers}, spreadS ${spreadS}. Dashed: red down, green up, yellow a command to all`,
    ),
    ...acts.map((act, at) => `<g transform="translate(0 ${HEAD + at * PANEL})">${panel(act, nodes)}</g>`),
    '</svg>',
    '',
  ].join('\n');
}
