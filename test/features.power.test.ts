// The lamp of the built bundle when the power comes back: off, on, or as it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TornWrite } from '../sim/storage.ts';
import { inHome } from './home.ts';

/** Cuts the power and gives it back. */
async function cycle({
  board,
  pass,
}: {
  board: { powerOff(): void; powerOn(): void };
  pass(ms: number): Promise<void>;
}) {
  board.powerOff();
  await pass(100);
  board.powerOn();
}

for (const [powerOn, duty] of [
  ['off', 0],
  ['on', 1],
] as const) {
  test(
    `with power comes a lamp that is ${powerOn}, before any network, and it costs no flash write`,
    inHome(async (home) => {
      home.accessPoint.off();
      const desk = home.node({ powerOn });
      await desk.board.waitFor(/^boot/);
      await desk.pass(200);
      assert.equal(desk.lamp.duty(), duty);
      home.accessPoint.on();
      await desk.told();
      assert.equal((desk.states()[0] as { state: string }).state, powerOn.toUpperCase());
      const writes = desk.board.storage.writes.length;
      await desk.light(duty ? 'off' : 'on', 1 - duty);
      await desk.pass(6000);
      assert.equal(desk.board.storage.writes.length, writes);
      await cycle(desk);
      await desk.told(2);
      assert.equal(desk.lamp.duty(), duty);
    }, 40),
  );
}

const LAST = 'light.last';

test(
  'with power comes the last state, brightness too, which cost one flash write 5 s after the last change',
  inHome(async ({ node }) => {
    const desk = node({ powerOn: 'last' });
    const writes = () => desk.board.storage.writes.filter((write) => write.name === LAST).length;
    await desk.told();
    for (const brightness of [10, 20, 30, 40]) {
      await desk.command(`{"brightness":${brightness}}`);
      await desk.pass(1000);
    }
    await desk.pass(2000);
    assert.equal(writes(), 0);
    const duty = desk.lamp.duty();
    await desk.until(() => writes() === 1);
    await cycle(desk);
    await desk.board.waitFor(() => desk.lamp.duty() === duty && desk.lamp.mode() === 'output');
    await desk.told(2);
    assert.deepEqual(desk.states().at(-1), { state: 'ON', brightness: 40 });
    await desk.command('off');
    await desk.command('{"brightness":40}');
    await desk.pass(7000);
    assert.equal(desk.lamp.duty(), duty);
    assert.equal(writes(), 1);
  }, 10),
);

test(
  'a change that is younger than 5 s when the power goes is forgotten',
  inHome(async ({ node }) => {
    const desk = node({ powerOn: 'last' });
    await desk.told();
    await desk.light('on', 1);
    await desk.until(() => desk.board.storage.read(LAST) !== undefined);
    await desk.press();
    assert.equal(desk.lamp.duty(), 0);
    await cycle(desk);
    await desk.told(2);
    assert.equal(desk.lamp.duty(), 1);
  }),
);

for (const [leaves, duty] of [
  ['old', 1],
  ['nothing', 0],
  ['truncated', 0],
] as [TornWrite, number][]) {
  test(
    `power that goes in the middle of that write, which leaves ${leaves}, leaves a lamp that works`,
    inHome(async ({ node }) => {
      const desk = node({ powerOn: 'last' });
      await desk.told();
      await desk.light('on', 1);
      await desk.until(() => desk.board.storage.read(LAST) !== undefined);
      desk.board.storage.cutPowerDuring(LAST, leaves);
      await desk.light('off', 0);
      await desk.until(() => !desk.board.isOn());
      desk.board.powerOn();
      await desk.told(2);
      assert.equal(desk.lamp.duty(), duty);
      await desk.light(duty ? 'off' : 'on', 1 - duty);
      await desk.until(() => (desk.board.storage.read(LAST) ?? '').includes(duty ? 'OFF' : 'ON'));
    }),
  );
}
