// The small parts of the flash tool: console lines, the screen, packet sizes, versions, USB chips.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { ReadStream } from 'node:tty';
import { askHidden } from '../../tools/ask.ts';
import { safePacketBytes } from '../../tools/flash/board.ts';
import { cleanLine, createLineSplitter, isThrown } from '../../tools/console.ts';
import { isEsp32, isOlder } from '../../tools/flash/identify.ts';
import { usbChip } from '../../tools/flash/ports.ts';
import { bar, createReport } from '../../tools/report.ts';
import { portLabel } from '../../tools/flash/openWire.ts';

test('removes from a console line what the interpreter draws', () => {
  assert.equal(cleanLine('>\r\x1b[Jboot light 0.1.0\r'), 'boot light 0.1.0');
  assert.equal(cleanLine('>light on'), 'light on');
  assert.equal(cleanLine('\x1b[?7l\r'), '');
  assert.equal(cleanLine('\x1b[31mred\x1b[0m'), 'red');
});

test('joins lines that arrive in pieces and decodes them from UTF-8', () => {
  const lines: string[] = [];
  const split = createLineSplitter((line) => lines.push(line));
  for (const char of Buffer.from('boot Küche\r\n\r\n>next', 'utf8').toString('latin1')) split(char);
  assert.deepEqual(lines, ['boot Küche']);
  split('\n');
  assert.deepEqual(lines, ['boot Küche', 'next']);
});

test('bounds a console line that never ends', () => {
  const lines: string[] = [];
  const split = createLineSplitter((line) => lines.push(line));
  for (let i = 0; i < 100; i += 1) split('x'.repeat(1_000));
  split('\n');
  assert.equal(lines[0]?.length, 4_000);
});

test('knows an error of the program from a log line', () => {
  for (const line of ['Uncaught ReferenceError: "x" is not defined', 'ERROR: Out of Memory!', 'SyntaxError: Got EOF'])
    assert.ok(isThrown(line), line);
  for (const line of [
    'mqtt down: Error 111, retry in 3 s',
    'E (123) wifi: Error',
    'ERROR: Connect failed (err 111)',
    'boot light',
  ])
    assert.ok(!isThrown(line), line);
});

test('draws a bar', () => {
  assert.match(bar(0, 100), /^░{24} {3}0 %$/);
  assert.match(bar(50, 100), /^█{12}░{12} {2}50 %$/);
  assert.match(bar(100, 100), /^█{24} 100 %$/);
  assert.match(bar(1, 0), /^░{24} {3}0 %$/);
});

test('keeps one live line a board at the bottom of a terminal', () => {
  const screen: string[] = [];
  const report = createReport({ write: (text) => void screen.push(text), isTerminal: true, columns: 30, secrets: [] });
  const [left, right] = [report.board('left'), report.board('right')];
  left.step('upload');
  right.step('upload');
  screen.length = 0;
  left.progress(1, 2);
  assert.equal(screen[0], '\x1b[2A\x1b[J', 'wipes two lines');
  assert.equal(screen.length, 3, 'and draws two');
  assert.ok(
    screen.every((text) => text.replace(/\x1b\[[0-9;]*m/g, '').length <= 31),
    'none of which wraps',
  );
  left.done('100 bytes');
  right.failed('the line broke');
  screen.length = 0;
  report.say('end');
  assert.deepEqual(screen, ['end\n'], 'nothing is left to redraw');
});

test('redraws no more lines than the terminal has', () => {
  const screen: string[] = [];
  const write = (text: string) => void screen.push(text);
  const report = createReport({ write, isTerminal: true, rows: 5, secrets: [] });
  const boards = Array.from({ length: 10 }, (_, i) => report.board(`b${i}`));
  for (const board of boards) board.step('fetch');
  screen.length = 0;
  boards[0]?.progress(1, 2);
  assert.equal(screen[0], '\x1b[4A\x1b[J', 'wipes four lines');
  assert.equal(screen.length, 5, 'and draws four');
  assert.equal(screen.at(-1), 'and 7 more\n');
  for (const board of boards) board.done('');
  screen.length = 0;
  report.say('end');
  assert.deepEqual(screen, ['end\n']);
});

test('prints plain lines where no terminal is attached, secrets masked', () => {
  let screen = '';
  const report = createReport({ write: (text) => void (screen += text), isTerminal: false, secrets: ['hunter22'] });
  const board = report.board('ttyUSB0');
  board.step('identify');
  board.progress(1, 2);
  board.done('ESP32');
  board.log('password hunter22');
  assert.equal(screen, 'ttyUSB0 ✓ identify  ESP32\nttyUSB0 │ password ••••••••\n');
});

test('never sends a length that looks like a control character', () => {
  for (let size = 1; size < 3_000; size += 1) {
    const packet = safePacketBytes(size, 512);
    if (size > 600) assert.ok(packet > 490, `${size}: ${packet}`);
    for (const length of [packet, size % packet])
      assert.ok(![3, 4, 17, 19].includes(length & 255), `${size}: ${length}`);
  }
});

test('compares versions of the interpreter', () => {
  assert.ok(isOlder('2v24', 25));
  assert.ok(isOlder('1v99', 25));
  assert.ok(!isOlder('2v25', 25));
  assert.ok(!isOlder('2v29.277', 27));
  assert.ok(isOlder('', 25));
});

test('knows the ESP32 builds of Espruino', () => {
  for (const name of ['ESP32', 'ESP32C3_IDF4', 'ESP32S3_IDF4']) assert.ok(isEsp32(name));
  for (const name of ['LINUX', 'ESP8266_4MB', 'PICO_R1_3']) assert.ok(!isEsp32(name));
});

test('knows the USB chips of ESP32 boards', () => {
  assert.equal(usbChip({ path: 'a', vendorId: '10C4', productId: 'EA60' }), 'CP210x');
  assert.equal(usbChip({ path: 'a', vendorId: '303a', productId: '1001' }), 'Espressif');
  assert.equal(usbChip({ path: 'a', vendorId: '0403', productId: '9999' }), undefined);
  assert.equal(usbChip({ path: '/dev/ttyS0' }), undefined);
});

test('labels a port by its last part', () => {
  assert.deepEqual(['/dev/ttyUSB0', 'COM3', 'tcp://10.0.0.2:23'].map(portLabel), ['ttyUSB0', 'COM3', '10.0.0.2:23']);
});

/** Creates a terminal to type on. */
function keyboard() {
  const input = new PassThrough() as unknown as ReadStream & PassThrough;
  const raw: boolean[] = [];
  input.setRawMode = (mode: boolean) => (raw.push(mode), input);
  return { input, raw };
}

test('asks for a secret without echo', async () => {
  const { input, raw } = keyboard();
  let screen = '';
  const answer = askHidden('Password: ', input, (text) => void (screen += text));
  input.write('hunteü');
  input.write('\x7fr22\r');
  assert.equal(await answer, 'hunter22');
  assert.equal(screen, 'Password: \n');
  assert.deepEqual(raw, [true, false]);
});

test('lets Ctrl-C end the question', async () => {
  const { input, raw } = keyboard();
  const answer = askHidden('Password: ', input, () => {});
  input.write('hun\x03');
  await assert.rejects(answer, /nothing was written/);
  assert.deepEqual(raw, [true, false]);
});
