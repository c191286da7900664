import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseLaxJson } from '../../sim/board/json.ts';
import { parseJson } from '../../src/command.ts';

const GOOD: [json: string, command: object][] = [
  ['{"state":"ON"}', { state: 'ON' }],
  ['{"state":"OFF"}', { state: 'OFF' }],
  ['{"state":"TOGGLE"}', { state: 'TOGGLE' }],
  ['{"state":"on"}', { state: 'ON' }],
  ['{"state":"Toggle"}', { state: 'TOGGLE' }],
  ['{"brightness":0}', { brightness: 0 }],
  ['{"brightness":255}', { brightness: 255 }],
  ['{"brightness":1e2}', { brightness: 100 }],
  ['{"brightness":127.5}', { brightness: 127.5 }],
  ['{"effect":"blink"}', { effect: 'blink' }],
  ['{"state":"ON","transition":0}', { state: 'ON', transition: 0 }],
  ['{"state":"ON","brightness":128,"transition":2.0}', { state: 'ON', brightness: 128, transition: 2 }],
  ['{"state":"OFF","transition":3600}', { state: 'OFF', transition: 3600 }],
  ['{"state":"ON","effect":"blink"}', { state: 'ON', effect: 'blink' }],
  [' { "brightness" : 5 ,\r\n\t"state" : "ON" } \n'.trimStart(), { brightness: 5, state: 'ON' }],
  [`{"state":"ON"${' '.repeat(1023 - 14)}}`, { state: 'ON' }],
  [
    '{"state":"ON","color":{"r":255},"name":"it\'s 0x10 `]/"}',
    { state: 'ON', color: { r: 255 }, name: "it's 0x10 `]/" },
  ],
];

const BAD: [what: string, ...payloads: string[]][] = [
  [
    'trailing garbage',
    '{"state":"ON"}x',
    '{"state":"ON"} on',
    '{"state":"ON"}\0',
    '{"state":"ON"}}',
    '{"state":"ON"};}',
  ],
  ['two objects', '{"state":"ON"}{"state":"OFF"}', '{"state":"ON"},{"state":"OFF"}', '{"state":"ON"}\n{"state":"ON"}'],
  ['single quotes', "{'state':'ON'}", '{"state":\'ON\'}'],
  [
    'other quotes',
    '{"a":"\\"","state":\'ON\'}',
    '{`state`:`ON`}',
    '{"state":`ON`}',
    '{"state":"ON\\"", "effect":\'blink\'}',
  ],
  [
    'other bases',
    '{"brightness":0x10}',
    '{"brightness":0X10}',
    '{"brightness":0x}',
    '{"brightness":0b1}',
    '{"brightness":0o7}',
  ],
  ['digits in groups', '{"brightness":1_0}', '{"state":"ON","transition":1_0}'],
  [
    'comments',
    '{"state":"ON"/**/}',
    '{"state":"ON"}//}',
    '{"state":"ON"//\n}',
    '{/*"*/"state":"ON"}',
    '{"state":"ON"}/*}',
  ],
  ['more than 1 KB could hold', `{"state":"ON"${' '.repeat(1010)}}`, `{"state":"ON","x":"${'x'.repeat(1100)}"}`],
  ['bytes that are no text', '{"state":"ON"\xff\xfe}', '{"state":"ON"}\0}', '{"state":"O\nN"}'],
  ['no number', '{"brightness":-}', '{"state":"ON","brightness":-}', '{"brightness":NaN}', '{"brightness":Infinity}'],
  ['a number out of range', '{"brightness":-1}', '{"brightness":255.1}', '{"brightness":256}', '{"brightness":1e999}'],
  ['a time out of range', '{"state":"ON","transition":-1}', '{"state":"ON","transition":3600.5}'],
  [
    'a brightness of another type',
    '{"brightness":"128"}',
    '{"brightness":true}',
    '{"brightness":{}}',
    '{"brightness":[]}',
    '{"brightness":[5]}',
  ],
  ['a time of another type', '{"state":"ON","transition":"2"}', '{"state":"ON","transition":false}'],
  ['a state of another type', '{"state":1}', '{"state":true}', '{"state":["ON"]}', '{"state":{"state":"ON"}}'],
  [
    'null',
    '{"state":null}',
    '{"state":null,"brightness":5}',
    '{"brightness":null}',
    '{"effect":null}',
    '{"state":"ON","transition":null}',
  ],
  ['an unknown state', '{"state":"DIM"}', '{"state":""}', '{"state":"ON "}', '{"state":"constructor"}'],
  ['an unknown effect', '{"effect":"rainbow"}', '{"effect":""}', '{"state":"ON","effect":"Blink"}', '{"effect":true}'],
  [
    'nothing that is asked for',
    '{}',
    '{"transition":2}',
    '{"on":true}',
    '{"State":"ON"}',
    '{"on":1,"emit":2}',
    '{"length":1}',
  ],
  [
    'no end',
    '{',
    '{"state"',
    '{"state":',
    '{"state":}',
    '{"state":"ON',
    '{"state":"ON"',
    '{"state":"ON",',
    '{"state":{"a":1}',
  ],
  [
    'no order',
    '{"state" "ON"}',
    '{state:"ON"}',
    '{"state"="ON"}',
    '{,}',
    '{"state":ON}',
    '{"state":"ON","brightness"}',
  ],
  [
    'more brackets than the chip has a stack for',
    `{"a":${'['.repeat(1000)}`,
    `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`,
  ],
  ['a bracket too many', '{"state":"ON"]}', '{"state":"ON"}]}', '{]}', '{"state":"ON"}],[{}'],
];

describe('JSON', () => {
  for (const [parser, parse] of [
    ['strict', JSON.parse],
    ['lax', parseLaxJson],
  ] as const) {
    const read = (payload: string, mock: { method: typeof test.mock.method }) => {
      mock.method(JSON, 'parse', parse);
      return parseJson(payload);
    };

    for (const [json, command] of GOOD) {
      test(`${JSON.stringify(json.slice(0, 60))} of ${json.length} chars is a command to a ${parser} parser`, ({
        mock,
      }) => {
        const asked = Object.entries(read(json, mock) ?? {}).filter(([, value]) => value !== undefined);
        assert.deepEqual(Object.fromEntries(asked), command);
      });
    }

    for (const [what, ...payloads] of BAD) {
      test(`with ${what} is no command to a ${parser} parser`, ({ mock }) => {
        for (const payload of payloads) assert.equal(read(payload, mock), undefined, payload);
      });
    }
  }
});

test('NaN is in no range, should an interpreter read it from a lone minus', ({ mock }) => {
  mock.method(JSON, 'parse', () => [{ state: 'ON', brightness: NaN }]);
  assert.equal(parseJson('{"state":"ON","brightness":-}'), undefined);
});
