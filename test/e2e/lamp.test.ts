// The lamp of the built bundle on a virtual board: brightness, fades, blinking, polarity, relays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PinChange } from '../../sim/board/pin.ts';
import { dutyOf } from '../support/curve.ts';
import { inHome, type HomeNode } from './home.ts';

const HALF = dutyOf(128);

const FULL_ON = { duty: 1, pwm: false };
const FULL_OFF = { duty: 0, pwm: false };

const last = ({ lamp }: HomeNode) => {
  const { duty, pwm } = lamp.history.at(-1) as PinChange;
  return { duty, pwm };
};

/** Sends a command, waits for the end of its fade, and gives every write on the way. */
async function fade(node: HomeNode, payload: string, end: number): Promise<PinChange[]> {
  const from = node.lamp.history.length;
  await node.light(payload, end);
  return node.lamp.history.slice(from);
}

/** Checks that the lamp has risen evenly over a time, in chip milliseconds. */
function assertRise(steps: PinChange[], ms: number): void {
  assert.ok(steps.every((step, index) => index === 0 || step.duty >= steps[index - 1]!.duty));
  assert.ok(steps.length > 20, `${steps.length} steps`);
  const tookMs = steps.at(-1)!.timeMs - steps[0]!.timeMs;
  assert.ok(tookMs >= ms - 200 && tookMs < ms + 1000, `${tookMs} ms`);
  assert.ok(steps.slice(1, -1).every((step) => step.pwm));
}

test(
  'is dimmed as the eye sees it, and full on and off are plain levels',
  inHome(async ({ node }) => {
    const desk = node();
    await desk.reported();
    assert.deepEqual(last(desk), FULL_OFF);
    await desk.command('{"brightness":128}');
    await desk.until(() => desk.lamp.duty() > 0);
    assert.ok(Math.abs(desk.lamp.duty() - HALF) < 0.003);
    assert.ok(last(desk).pwm);
    await desk.light('{"brightness":255}', 1);
    assert.deepEqual(last(desk), FULL_ON);
    await desk.light('off', 0);
    assert.deepEqual(last(desk), FULL_OFF);
  }),
);

test(
  'fades, and obeys another command in the middle of it',
  inHome(async ({ node }) => {
    const desk = node();
    await desk.reported();
    assertRise(await fade(desk, '{"state":"ON","transition":2}', 1), 2000);
    assert.deepEqual(last(desk), FULL_ON);
    await desk.command('{"state":"OFF","transition":600}');
    await desk.until(() => desk.lamp.duty() < 1);
    await desk.light('on', 1);
    assert.deepEqual(last(desk), FULL_ON);
    await desk.until(() => desk.states().length === 4);
  }, 10),
);

const OUTAGES: [name: string, cut: (home: Parameters<Parameters<typeof inHome>[0]>[0]) => unknown][] = [
  ['the broker is killed', ({ broker }) => broker.kill()],
  ['the access point goes', ({ accessPoint }) => accessPoint.off()],
];

for (const [name, cut] of OUTAGES) {
  test(
    `a fade goes on when ${name}`,
    inHome(async (home) => {
      const desk = home.node();
      await desk.reported();
      const rising = fade(desk, '{"state":"ON","transition":6}', 1);
      await desk.until(() => desk.lamp.duty() > 0);
      await cut(home);
      assertRise(await rising, 6000);
      assert.deepEqual(last(desk), FULL_ON);
    }, 10),
  );
}

test(
  'no outage, and no return from it, touches the lamp',
  inHome(async ({ broker, node }) => {
    const desk = node();
    await desk.reported();
    await desk.command('{"brightness":99}');
    await desk.until(() => desk.lamp.duty() > 0);
    const writes = desk.lamp.history.length;
    await broker.restart({ keepSessions: false });
    await desk.reported(2);
    broker.kick(broker.clients()[0]!);
    await desk.reported(3);
    assert.equal(desk.lamp.history.length, writes);
  }),
);

test(
  'blinks for 5 s, and returns to what it was, without a message',
  inHome(async ({ node }) => {
    const desk = node();
    await desk.reported();
    await desk.command('{"brightness":99}');
    await desk.until(() => desk.lamp.duty() > 0);
    const before = desk.lamp.duty();
    const from = desk.lamp.history.length;
    await desk.command('{"effect":"blink"}');
    await desk.pass(5500);
    const steps = desk.lamp.history.slice(from);
    const turns = steps.filter((step, index) => index > 0 && step.duty !== steps[index - 1]!.duty).length;
    assert.ok(turns >= 15 && turns <= 22, `${turns} turns`);
    assert.equal(desk.lamp.duty(), before);
    assert.equal(desk.states().length, 2);
  }, 10),
);

test(
  'where a low level lights the lamp, its pin is high from the first write on, and the rest is mirrored',
  inHome(async ({ node }) => {
    const desk = node({ pin: 'D13', activeLow: true });
    await desk.reported();
    assert.ok(desk.lamp.history.every((change) => change.duty === 1 && !change.pwm));
    await desk.light('on', 0);
    assert.equal(last(desk).pwm, false);
    await desk.command('{"brightness":128}');
    await desk.until(() => desk.lamp.duty() > 0);
    assert.ok(Math.abs(1 - desk.lamp.duty() - HALF) < 0.003);
    await desk.light('off', 1);
    assert.equal(last(desk).pwm, false);
    assert.equal(desk.board.pin('D5').history.length, 0);
  }),
);

test(
  'a relay is never given PWM, whatever it is asked for',
  inHome(async ({ node }) => {
    const desk = node({ dimmable: false });
    await desk.reported();
    await desk.light('{"brightness":3,"transition":1}', 1);
    await desk.light('{"state":"OFF","transition":1}', 0);
    await desk.light('{"effect":"blink"}', 1);
    await desk.pass(5500);
    await desk.light('on', 1);
    await desk.until(() => desk.states().length === 4);
    assert.ok(desk.lamp.history.every((change) => !change.pwm));
    assert.deepEqual(
      desk.states(),
      ['OFF', 'ON', 'OFF', 'ON'].map((state) => ({ state })),
    );
  }),
);
