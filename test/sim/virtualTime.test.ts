import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createVirtualBoard } from '../../sim/board/board.ts';
import { createVirtualTime } from '../../sim/time/virtualTime.ts';

test('virtual timers fire in order of time, equal ones in order of their making', () => {
  const time = createVirtualTime();
  const fired: string[] = [];
  const note = (name: string) => (): void => void fired.push(`${name}@${time.nowMs()}`);
  time.setTimeout(note('late'), 30);
  time.setTimeout(note('first'), 10);
  time.setTimeout(note('second'), 9.5);
  time.clearTimeout(time.setTimeout(note('never'), 10));
  time.advance(20);
  assert.deepEqual([fired, time.nowMs()], [['first@10', 'second@10'], 20]);
  time.advance(20);
  assert.equal(fired[2], 'late@30');
});

test('virtual turns come before the next timer, and take no time', () => {
  const time = createVirtualTime();
  const order: string[] = [];
  time.setTimeout(() => time.askForTurn(() => order.push(`turn@${time.nowMs()}`)), 5);
  time.setTimeout(() => order.push('timer'), 5);
  time.askForTurn(() => order.push(`turn@${time.nowMs()}`));
  time.advance(10);
  assert.deepEqual(order, ['turn@0', 'turn@5', 'timer']);
});

test('a turn that asks for the next one without end is an error, not a hang', () => {
  const time = createVirtualTime();
  const spin = (): void => time.askForTurn(spin);
  time.askForTurn(spin);
  assert.throws(() => time.advance(1), /without end at 0 ms/);
});

test('on virtual time a board lives through an hour of refused connects at once, and the same way each time', () => {
  const firmware = readFileSync(new URL('../../dist/firmware.js', import.meta.url), 'latin1');
  function live(): string[] {
    const time = createVirtualTime();
    const attempts: string[] = [];
    const wifi = { ssid: 'Home', password: 'secret-password' };
    const board = createVirtualBoard({
      ...{ firmware, time, serial: 'a0b1c2d3-e4f5', ip: '192.168.1.5' },
      config: { wifi, broker: '10.0.0.1' },
      connectTcp: (host, port) => (attempts.push(`${host}:${port} at ${time.nowMs()}`), 'refused'),
    });
    board.powerOn();
    time.advance(3_600_000);
    board.dispose();
    return attempts;
  }
  const startMs = performance.now();
  const attempts = live();
  assert.ok(attempts.length > 60 && attempts[0]!.startsWith('10.0.0.1:1883 at '), attempts.join('\n'));
  assert.deepEqual(live(), attempts);
  assert.ok(performance.now() - startMs < 2_000, 'no wall time');
});
