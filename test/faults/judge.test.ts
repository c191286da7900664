// The judge, by messages as a light receives them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate } from 'mqtt-packet';
import type { Message } from '../../sim/broker/model.ts';
import { createJudge } from './judge.ts';

/** A judge of a light that has received messages: `id payload`, then `dup` when it has DUP; the same text in capitals is a new message. */
function judgeAfter(...connections: string[][]) {
  const messages = new Map<string, Message>();
  const sent: Message[][] = [];
  const judge = createJudge(
    (connection) => sent[connection]!,
    () => true,
  );
  connections.forEach((texts, connection) => {
    const read = judge.createReader(connection);
    sent.push([]);
    for (const text of texts) {
      const [id, name = '', dup] = text.split(' ');
      const message = messages.get(`${id} ${name}`) ?? { topic: 't', payload: name.toLowerCase(), qos: 1 };
      messages.set(`${id} ${name}`, message);
      sent[connection]!.push(message);
      const { topic, payload, qos } = message;
      read(
        generate({ cmd: 'publish', topic, payload, qos, dup: !!dup, retain: false, messageId: Number(id) }).toString(
          'latin1',
        ),
      );
    }
  });
  return judge;
}

/** Whether the lamp may be on, and off. */
function mayBe(...connections: string[][]): string {
  return ['ON', 'OFF']
    .filter((state) => {
      const judge = judgeAfter(...connections);
      judge.checkAtRest(state === 'ON' ? 255 : 0, `{"state":"${state}","brightness":255}`);
      return judge.faults.length === 0;
    })
    .join(' or ');
}

test('each message counts once', () => {
  assert.equal(mayBe(['1 toggle', '2 toggle', '3 toggle']), 'ON');
  assert.equal(mayBe(['1 toggle'], ['1 toggle dup', '2 toggle dup']), 'OFF');
  assert.equal(mayBe(['1 on', '2 off'], ['1 on dup', '2 off dup']), 'OFF');
});

test('a new toggle that looks like the old one, in its place, may count or not', () => {
  assert.equal(mayBe(['1 toggle'], ['1 TOGGLE dup']), 'ON or OFF');
});

test('a new toggle counts where something tells it from the old one', () => {
  assert.equal(mayBe(['1 toggle'], ['1 TOGGLE']), 'OFF');
  assert.equal(mayBe(['1 on'], ['1 toggle dup']), 'OFF');
  assert.equal(mayBe(['1 toggle', '2 on'], ['2 on dup', '1 TOGGLE dup']), 'OFF');
  assert.equal(mayBe(['1 toggle'], ['2 off'], ['1 TOGGLE dup']), 'ON');
});

test('a new `off` that looks like the old one counts once the broker has used an identifier again', () => {
  assert.equal(mayBe(['1 off', '2 on'], ['1 OFF dup']), 'ON or OFF');
  assert.equal(mayBe(['1 on', '1 off', '2 on'], ['1 OFF dup']), 'OFF');
  assert.equal(mayBe(['1 on', '1 off', '2 toggle'], ['1 OFF dup']), 'ON or OFF');
});

test('at such a broker a repeated `on` may be a new one when a toggle has come since', () => {
  assert.equal(mayBe(['1 off', '1 on', '2 toggle'], ['1 on dup']), 'ON or OFF');
  assert.equal(mayBe(['1 off', '1 on', '2 toggle'], ['1 on dup', '2 toggle dup']), 'OFF');
  assert.equal(mayBe(['1 on', '2 toggle'], ['1 on dup']), 'OFF');
});

test('a press counts from what the lamp shows', () => {
  const judge = judgeAfter(['1 on']);
  judge.press(255, 0);
  judge.checkAtRest(0, '{"state":"OFF","brightness":255}');
  judge.press(255, 0);
  assert.deepEqual(judge.faults, ['a press changed the lamp from 255 to 0; expected before: OFF 255']);
});
