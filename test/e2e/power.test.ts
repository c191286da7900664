// The lamp of the built bundle when the power comes back: off, on, or as it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inHome, type HomeNode } from './home.ts';

/** Cuts the power for 100 ms. */
async function cycle({ board, pass }: HomeNode) {
  board.powerOff();
  await pass(100);
  board.powerOn();
}

for (const [powerOn, duty] of [
  ['off', 0],
  ['on', 1],
] as const) {
  test(
    `with power comes a lamp that is ${powerOn}, before any network, and a change costs one byte of flash`,
    inHome(async (home) => {
      home.accessPoint.off();
      const desk = home.node({ powerOn });
      await desk.board.waitFor(/^boot/);
      await desk.pass(200);
      assert.equal(desk.lamp.duty(), duty);
      home.accessPoint.on();
      await desk.reported();
      assert.equal((desk.states()[0] as { state: string }).state, powerOn.toUpperCase());
      await desk.pass(6000);
      const writes = desk.board.storage.writes.length;
      await desk.light(duty ? 'off' : 'on', 1 - duty);
      await desk.pass(6000);
      assert.equal(desk.board.storage.writes.length, writes + 1);
      await cycle(desk);
      await desk.reported(2);
      assert.equal(desk.lamp.duty(), duty);
    }, 40),
  );
}

const LOG = 'light.log1';

test(
  'with power comes the last state, brightness too, which is kept within 5 s of a change',
  inHome(async ({ node }) => {
    const desk = node({ powerOn: 'last' });
    const writes = () => desk.board.storage.writes.filter((write) => write.name === LOG).length;
    await desk.reported();
    const before = writes();
    for (const brightness of [10, 20, 30, 40]) {
      await desk.command(`{"brightness":${brightness}}`);
      await desk.pass(500);
    }
    const duty = desk.lamp.duty();
    await desk.pass(6000);
    const kept = writes() - before;
    assert.ok(kept === 1 || kept === 2, `${kept} writes for changes within two seconds`);
    await cycle(desk);
    await desk.board.waitFor(() => desk.lamp.duty() === duty && desk.lamp.mode() === 'output');
    await desk.reported(2);
    assert.deepEqual(desk.states().at(-1), { state: 'ON', brightness: 40 });
    const again = writes();
    await desk.command('{"brightness":40}');
    await desk.pass(6000);
    assert.equal(desk.lamp.duty(), duty);
    assert.equal(writes(), again);
  }, 10),
);

test(
  'a change that is younger than a beat when the power goes is forgotten',
  inHome(async ({ node }) => {
    const desk = node({ powerOn: 'last' });
    await desk.reported();
    const writes = desk.board.storage.writes.length;
    await desk.light('on', 1);
    await desk.until(() => desk.board.storage.writes.length > writes);
    await desk.press();
    assert.equal(desk.lamp.duty(), 0);
    await cycle(desk);
    await desk.reported(2);
    assert.equal(desk.lamp.duty(), 1);
  }),
);
