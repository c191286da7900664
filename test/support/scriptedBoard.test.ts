// The scripted board itself: it must fail like the real interpreter, or the flash tests prove nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programIn } from './scriptedInterpreter.ts';
import { createScriptedConsole, type ConsoleFaults } from './scriptedConsole.ts';
import { LIMITS } from '../../tools/flash/limits.ts';
import { openLine } from '../../tools/flash/line.ts';
import { withBoard } from './flashing.ts';

/** A console, with what it prints and what it stores. */
function console(faults: ConsoleFaults = {}) {
  const files: Record<string, string> = {};
  let printed = '';
  const { feed } = createScriptedConsole(
    {
      evaluate: (text) => {
        if (text === 'throw') throw new Error('thrown');
        return text.length;
      },
      writeFile: (name, data, offset) => void (files[name] = (files[name] ?? '').slice(0, offset) + data),
      print: (text) => void (printed += text),
    },
    faults,
  );
  return {
    files,
    /** Sends chars; returns what is printed in answer. */
    answer(chars: string): string {
      printed = '';
      feed(chars);
      return printed;
    },
  };
}

const packet = (kind: number, data: string): string =>
  `\x10\x01${String.fromCharCode((kind | data.length) >> 8, data.length & 255)}${data}`;

test('echoes a line and answers it, and keeps quiet after DLE', () => {
  const { answer } = console();
  assert.equal(answer('abc\n'), 'abc\r\n=3\r\n>');
  assert.equal(answer('\x10abc\n'), '>');
  assert.equal(answer('throw\n'), 'throw\r\nUncaught Error: thrown\r\n    at line 1 col 1\r\n>');
});

test('forgets a half typed line at Ctrl-C', () => {
  const { answer } = console();
  answer('abc');
  answer('\x03');
  assert.equal(answer('\x10\n'), '>');
});

test('evaluates a packet: acknowledgement, then the value in a packet', () => {
  const { answer } = console();
  assert.equal(answer(packet(0x2000, 'abc')), '\x06\x10\x01\x00\x013');
  assert.match(answer(packet(0x2000, 'throw')), /^\x15Uncaught Error: thrown/);
});

test('stores a file in packets, whatever their bytes are and however they arrive', () => {
  const { answer, files } = console();
  const upload = packet(0x6000, '{"fn":"a","s":5}') + packet(0x8000, '\x10\x01\x03') + packet(0x8000, '\xff\n');
  assert.equal([...upload].map((char) => answer(char)).join(''), '\x06\x06\x06');
  assert.deepEqual(files, { a: '\x10\x01\x03\xff\n' });
});

test('refuses, corrupts, and knows no packets on demand', () => {
  assert.equal(
    console({ refusePackets: 1 }).answer(packet(0x6000, '{"fn":"a","s":5}') + packet(0x8000, 'x')),
    '\x06\x15',
  );
  const corrupt = console({ corruptPackets: 1 });
  corrupt.answer(packet(0x6000, '{"fn":"a","s":2}') + packet(0x8000, 'ab'));
  assert.deepEqual(corrupt.files, { a: '`b' });
  assert.doesNotMatch(console({ isOld: true }).answer(packet(0x2000, 'abc')), /\x06/);
});

test('refuses data that no file was announced for', () => {
  assert.equal(console().answer(packet(0x8000, 'x')), '\x15');
});

test('runs nothing of a file that is erased at its start or begins with an open comment', () => {
  assert.throws(() => programIn('/*\xff\xffprint(1)'), /UNFINISHED COMMENT/);
  assert.throws(() => programIn('\xff\xff'), /ERASED/);
  assert.equal(programIn('/**/print(1)'), 'print(1)');
  assert.equal(programIn('print(1)'), 'print(1)');
});

test('breaks the line after the given number of bytes', () =>
  withBoard({ faults: { cutAfterBytes: 3 } }, async (board, port) => {
    const line = await openLine(port, { baud: 115_200, openMs: LIMITS.openMs });
    await line.connection.write('abcdef').catch(() => {});
    assert.match(await line.closed, /closed|broke/);
    assert.equal(board.received(), 6);
  }));

test('runs as much of a torn program as there is', () =>
  withBoard({ files: { '.bootcde': "print('one');\nprint('two');\n\xff\xff" } }, async (board) => {
    const [first, second, error] = board.powerCycle();
    assert.deepEqual([first, second], ['one', 'two']);
    assert.match(error ?? '', /^Uncaught /);
  }));

/** Runs text at the board's prompt and gives what it does some time. */
async function at(port: string, text: string): Promise<void> {
  const line = await openLine(port, { baud: 115_200, openMs: LIMITS.openMs });
  await line.connection.write(`\x10${text}\n`);
  await new Promise((resolve) => setTimeout(resolve, 60));
  await line.close();
}

const JOIN = "var w=require('Wifi');w.connect('Home',{});";

test('panics at a reboot while it is on Wi-Fi, also when a program joins again', async () => {
  for (const [text, panics] of [
    ['E.reboot()', 0],
    [`${JOIN}E.reboot()`, 1],
    [`${JOIN}w.disconnect();E.reboot()`, 1],
    [`${JOIN}w.disconnect();setTimeout(function(){E.reboot()},200)`, 0],
    [`${JOIN}w.on('disconnected',function(){${JOIN}});w.disconnect();E.reboot()`, 1],
    [`${JOIN}setInterval(function(){${JOIN}},1);w.disconnect();setTimeout(function(){E.reboot()},9)`, 1],
    [`${JOIN}reset();E.reboot()`, 1],
  ] as const)
    await withBoard({}, async (board, port) => {
      await at(port, text);
      assert.equal(board.panics(), panics, text);
    });
});

test('restarts when nobody kicks the watchdog, which no reset of the interpreter ends', async () => {
  for (const [text, boots] of [
    ['E.enableWatchdog(9,false)', 2],
    ['E.enableWatchdog(9,true)', 1],
    ['E.enableWatchdog(9,false);E.enableWatchdog(9,true)', 1],
    ['E.enableWatchdog(9,false);setInterval(function(){E.kickWatchdog()},1)', 1],
    ['E.enableWatchdog(9,false);setInterval(function(){E.kickWatchdog()},1);reset()', 2],
  ] as const)
    await withBoard({}, async (board, port) => {
      await at(port, text);
      assert.equal(board.boots.length, boots, text);
    });
});

test('loses all its files when the power goes in a compaction, and answers nobody until it returns', () =>
  withBoard({ files: { a: '1', b: '2' }, faults: { powerCutInCompaction: true } }, async (board, port) => {
    await at(port, "require('Storage').erase('a');require('Storage').compact()");
    await at(port, "require('Storage').write('c','3')");
    assert.deepEqual(board.storage.list(), []);
    board.powerCycle();
    await at(port, "require('Storage').write('c','3')");
    assert.deepEqual(board.storage.list(), ['c']);
  }));

test('writes a file that is replaced behind all others, and keeps the order in a compaction', () =>
  withBoard({ files: { a: '1', b: '2', c: '3' } }, async (board, port) => {
    await at(port, "var s=require('Storage');s.write('a','4');s.write('b','2');s.compact()");
    assert.deepEqual(board.storage.list(), ['b', 'c', 'a']);
    assert.equal(board.trashBytes(), 0);
  }));
