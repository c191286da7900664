// Commands to the built bundle on a virtual board: groups, JSON in and out, and what is no command.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inHome } from './home.ts';

test(
  'answers to each of its groups and to its own topic, and to no other',
  inHome(async ({ node }) => {
    const desk = node({ topics: ['home/all', 'home/office', 'home/office/left'] });
    const lamps = [desk, node({ name: 'shelf', topics: ['home/all'] })];
    for (const lamp of lamps) await lamp.reported();
    const both = () => lamps.map(({ lamp }) => lamp.duty());
    const steps: [topic: string, payload: string, duties: number[]][] = [
      ['home/all', 'on', [1, 1]],
      ['home/office', '{"state":"OFF"}', [0, 1]],
      ['home/office/left', 'toggle', [1, 1]],
      ['light/shelf/set', 'off', [1, 0]],
      ['home/bedroom/light', 'off', [1, 0]],
      ['home/office/right', 'off', [1, 0]],
      ['light/desk/state', 'off', [1, 0]],
      ['home/all', '{"state":"OFF"}', [0, 0]],
    ];
    for (const [topic, payload, duties] of steps) {
      await desk.command(payload, topic);
      await desk.until(() => both().join() === duties.join(), `${payload} to ${topic}`);
      await desk.pass(300);
      assert.deepEqual(both(), duties, `${payload} to ${topic}`);
    }
  }),
);

const SHARED = 'home/bedroom/light';

for (const topic of ['light/desk/set', SHARED]) {
  test(
    `obeys JSON on ${topic}, and says what it did in JSON, retained, once per change`,
    inHome(async ({ node, broker, messages }) => {
      const desk = node();
      await desk.reported();
      const steps: [payload: string, state: object | undefined][] = [
        ['{"state":"ON"}', { state: 'ON', brightness: 255 }],
        ['{"state":"ON"}', undefined],
        ['{"brightness":128}', { state: 'ON', brightness: 128 }],
        ['{"state":"TOGGLE","transition":0.2}', { state: 'OFF', brightness: 128 }],
        ['off', undefined],
        ['{"effect":"blink"}', undefined],
        ['{"state":"ON","brightness":7,"transition":1}', { state: 'ON', brightness: 7 }],
        ['{"state":"OFF","color":{"r":255},"flash":2}', { state: 'OFF', brightness: 7 }],
        ['toggle', { state: 'ON', brightness: 7 }],
      ];
      const expected: object[] = [{ state: 'OFF', brightness: 255 }];
      for (const [payload, state] of steps) {
        await desk.command(payload, topic);
        if (state) expected.push(state);
        await desk.until(() => desk.states().length >= expected.length, payload);
        await desk.pass(400);
        assert.deepEqual(desk.states(), expected, payload);
        assert.deepEqual(JSON.parse(broker.retained().get('light/desk/state')!), expected.at(-1));
      }
      assert.ok(messages.filter((message) => message.topic === 'light/desk/state').every((message) => message.retain));
    }),
  );
}

/** More of them are in test/unit/command.test.ts. */
const REFUSED: [what: string, payload: string][] = [
  ['trailing garbage', '{"state":"ON"}x'],
  ['single quotes', "{'state':'ON'}"],
  ['a brightness above the range', '{"state":"ON","brightness":256}'],
  ['bytes that are no text', '{"state":"ON"\xff\xfe}'],
  ["nesting that is deeper than the chip's stack", '{"a":' + '['.repeat(1000)],
  ['more than 1 KB, and what is left is a command', `{"state":"ON"${' '.repeat(1024 - 14)}}on`],
];

test(
  `changes nothing and logs one line for each bad payload, on both topics`,
  inHome(async ({ node }) => {
    const desk = node();
    await desk.reported();
    await desk.command('{"brightness":77}');
    await desk.until(() => desk.states().length === 2);
    const writes = desk.lamp.history.length;
    const attempts = desk.board.attempts().length;
    let lines = desk.board.console.length;
    for (const topic of ['light/desk/set', SHARED]) {
      for (const [what, payload] of REFUSED) {
        await desk.command(payload, topic);
        lines += 1;
        await desk.until(() => desk.board.console.length >= lines, what);
        await desk.pass(100);
        assert.equal(desk.board.console.length, lines, what);
        assert.match(desk.board.console.at(-1)!, /^command ignored: [ -~]*$/, what);
        assert.equal(desk.lamp.history.length, writes, what);
      }
    }
    assert.equal(desk.states().length, 2);
    assert.equal(desk.board.attempts().length, attempts);
    await desk.light('{"state":"OFF"}', 0);
  }),
);

test(
  'takes JSON of a byte less than 1 KB',
  inHome(async ({ node }) => {
    const desk = node();
    await desk.reported();
    await desk.light(`{"state":"ON"${' '.repeat(1023 - 14)}}`, 1);
  }),
);

test(
  'what changes while the broker is away is published once when it is back, in its last state',
  inHome(async ({ node, broker }) => {
    const desk = node();
    await desk.reported();
    await broker.stop();
    for (let presses = 0; presses < 3; presses += 1) await desk.press();
    assert.equal(desk.lamp.duty(), 1);
    await broker.start();
    await desk.reported(2);
    assert.deepEqual(desk.states(), [
      { state: 'OFF', brightness: 255 },
      { state: 'ON', brightness: 255 },
    ]);
  }),
);
