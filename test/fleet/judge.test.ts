// Figures and verdicts from made-up events: each promise is seen broken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figuresOf, type ActFigures } from '../../tools/fleet/figures.ts';
import { judgeAct, judgeIdentifiers, mostByChance } from '../../tools/fleet/judge.ts';
import type { LightEvent } from '../../tools/fleet/lights.ts';
import { createRecord } from '../../tools/fleet/record.ts';

const LIGHTS = 30;
const SPREAD_S = 10;

/** A node dies at second 0 and is back at 20; its ten lights come back one by one, from 1 to 10 s. */
function goodEvents(): LightEvent[] {
  return Array.from({ length: 10 }, (_, at) => at * 3).flatMap((light, at): LightEvent[] => [
    [0, light, 'lost', 0],
    [1000 + at * 1000, light, 'refused', 0],
    [1000 + at * 1000, light, 'attempt', 1],
    [1100 + at * 1000, light, 'connected', 1],
    [7000 + at * 1000, light, 'obeyed', 21],
  ]);
}

const others = Array.from({ length: LIGHTS }, (_, light) => light).filter((light) => light % 3 > 0);

function figures(events: LightEvent[], name = 'kill'): ActFigures {
  const record = createRecord(() => 0);
  for (let light = 0; light < LIGHTS; light += 1) record.take([0, light, 'connected', light % 3]);
  const act = record.begin(name);
  act.command = { level: 21, atS: 5 };
  act.marks.push({ atS: 0, what: 'down', node: 0 }, { atS: 20, what: 'up', node: 0 });
  for (const light of others) record.take([6000, light, 'obeyed', 21]);
  for (const event of [...events].sort((a, b) => a[0] - b[0])) record.take(event);
  act.lastedS = 30;
  return figuresOf(act, 3);
}

const faults = (events: LightEvent[]): string[] =>
  judgeAct(figures(events), { nodes: LIGHTS, spreadS: SPREAD_S })
    .filter(({ holds }) => !holds)
    .map(({ text }) => text);

test('counts what has happened', () => {
  const { connected, attempts, ...rest } = figures(goodEvents());
  assert.deepEqual(connected.slice(0, 13), [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 30, 30]);
  assert.deepEqual(attempts.slice(0, 13), [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
  assert.deepEqual(rest, {
    ...{
      name: 'kill',
      losses: 10,
      largestLoss: 10,
      largestLump: 1,
      lightsAt: [0, 10, 0],
      lastedS: 30,
      longestWaitS: 0,
    },
    backS: { 50: 5.1, 95: 10.1, 100: 10.1 },
    command: { level: 21, atS: 5, obeyed: 30 },
    marks: [
      { atS: 0, what: 'down', node: 0 },
      { atS: 20, what: 'up', node: 0 },
    ],
  });
  assert.deepEqual(faults(goodEvents()), []);
});

test('sees a light that does not come back, or too late', () => {
  assert.match(
    faults(goodEvents().filter(([, light, what]) => light > 0 || what !== 'connected'))[0]!,
    /100 % after ∞ s/,
  );
  const late = goodEvents().map(([atMs, ...rest]): LightEvent => [
    rest[0] === 0 && atMs > 0 ? atMs + 121_000 : atMs,
    ...rest,
  ]);
  assert.match(faults(late)[0]!, /100 % after 122.1 s; 120 s are allowed/);
});

test('sees a lump', () => {
  const lump = goodEvents().map(([atMs, ...rest]): LightEvent => [rest[1] === 'attempt' ? 1000 : atMs, ...rest]);
  assert.match(
    faults(lump)[0]!,
    /at most 10 connects in a second; twice the mean of 10 over 10 s, or chance, would be 9/,
  );
});

test('sees a command that one light did not get, or that was another', () => {
  assert.deepEqual(faults(goodEvents().filter(([, light, what]) => light > 0 || what !== 'obeyed')), [
    '29 of 30 lights have obeyed the command at QoS 1',
  ]);
  const older = goodEvents().map(([atMs, light, what, level]): LightEvent => [
    atMs,
    light,
    what,
    what === 'obeyed' && light === 0 ? 20 : level,
  ]);
  assert.equal(faults(older).length, 1);
});

test('sees a light that leaves its own broker alone though it is up', () => {
  const events = goodEvents().filter(([, light]) => light > 0);
  const waiting: LightEvent[] = [[0, 0, 'lost', 0], [1000, 0, 'refused', 0], [150_000, 0, 'attempt', 1], [150_100, 0, 'connected', 1], [150_200, 0, 'obeyed', 21]]; // prettier-ignore
  assert.match(
    faults([...events, ...waiting]).at(-1)!,
    /left its own broker alone for at most 130.1 s while it was up; 120 s/,
  );
});

test('sees an identifier that was renewed', () => {
  assert.equal(judgeIdentifiers(0).holds, true);
  assert.equal(judgeIdentifiers(1).holds, false);
});

test('an act in which nobody was lost shows nothing', () => {
  assert.match(faults([])[0]!, /100 % after ∞ s/);
});

test('chance alone fills a second so far once in a million', () => {
  assert.deepEqual([0, 1, 10, 100].map(mostByChance), [0, 9, 28, 151]);
});
