import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemory, DUP, type Command } from '../support/redelivering.ts';

const said = (id: number, words: string, dup = 0): Command => ({ id, payload: words, dup });

test('a command that comes again on the next connection is not obeyed again', () => {
  const memory = createMemory();
  memory.judge(said(101, 'toggle'), said(102, 'on'));
  memory.reconnect();
  assert.deepEqual(memory.judge(said(101, 'toggle', DUP), said(102, 'on', DUP)), ['repeated', 'repeated']);
});

test('a command that never came is new, though the broker says that it sends it again', () => {
  const memory = createMemory();
  memory.judge(said(101, 'on'));
  memory.reconnect();
  assert.deepEqual(memory.judge(said(102, 'off', DUP), said(103, 'on', DUP)), ['new', 'new']);
});

test('the same identifier is a new command where the words are others: after PUBACK it is free', () => {
  const memory = createMemory();
  memory.judge(said(101, 'on'));
  memory.reconnect();
  assert.deepEqual(memory.judge(said(101, 'off', DUP)), ['new']);
});

test('what comes without DUP is new, whatever it looks like', () => {
  const memory = createMemory();
  assert.deepEqual(memory.judge(said(101, 'toggle'), said(101, 'toggle'), said(101, 'toggle')), ['new', 'new', 'new']);
});

test('once something new has come, everything that looks old is new: the broker sends again first of all', () => {
  const memory = createMemory();
  memory.judge(said(101, 'toggle'), said(102, 'toggle'));
  memory.reconnect();
  assert.deepEqual(memory.judge(said(103, 'on', DUP), said(102, 'toggle', DUP)), ['new', 'new']);
});

test('what stands before the first repetition was acknowledged: its twin is new', () => {
  const memory = createMemory();
  memory.judge(said(101, 'toggle'), said(102, 'toggle'));
  memory.reconnect();
  assert.deepEqual(memory.judge(said(102, 'toggle', DUP), said(101, 'toggle', DUP)), ['repeated', 'new']);
});

test('is a repetition again on the connection after that', () => {
  const memory = createMemory();
  memory.judge(said(101, 'toggle'), said(102, 'on'), said(103, 'toggle'));
  for (let cut = 0; cut < 3; cut += 1) {
    memory.reconnect();
    assert.deepEqual(memory.judge(said(102, 'on', DUP), said(103, 'toggle', DUP)), ['repeated', 'repeated']);
  }
});

test('PINGRESP proves what was acknowledged before its PINGREQ, and no more', () => {
  const memory = createMemory();
  memory.judge(said(101, 'toggle'));
  memory.ping();
  memory.judge(said(102, 'toggle'));
  memory.pong();
  memory.reconnect();
  assert.deepEqual(memory.judge(said(102, 'toggle', DUP)), ['repeated']);
  memory.ping();
  memory.pong();
  memory.reconnect();
  assert.deepEqual(memory.judge(said(101, 'toggle', DUP)), ['new']);
});

test('a broker that uses identifiers again loses no `on` or `off`: what looks like a repetition may be obeyed', () => {
  const memory = createMemory();
  memory.judge(said(1, 'toggle'), said(1, 'on'), said(2, 'off'));
  memory.reconnect();
  assert.deepEqual(memory.judge(said(1, 'on', DUP)), ['maybe']);
});

test('what follows one that is obeyed again is obeyed again, too', () => {
  const memory = createMemory();
  memory.judge(said(1, 'x'), said(1, 'on'), said(2, 'toggle'));
  memory.reconnect();
  assert.deepEqual(memory.judge(said(1, 'on', DUP)), ['maybe']);
  memory.again();
  assert.deepEqual(memory.judge(said(2, 'toggle', DUP)), ['new']);
});

test('a broker whose identifiers begin again after 65535 is none that uses them again', () => {
  const memory = createMemory();
  memory.judge(said(65_535, 'on'), said(1, 'off'), said(2, 'on'));
  memory.reconnect();
  assert.deepEqual(memory.judge(said(2, 'on', DUP)), ['repeated']);
});

test('an impatient broker that sends again on the same connection is not obeyed twice', () => {
  const memory = createMemory();
  memory.judge(said(101, 'toggle'), said(102, 'on'));
  assert.deepEqual(memory.judge(said(101, 'toggle', DUP)), ['repeated']);
});

test('remembers the newest 32, and tells long commands apart by their beginning', () => {
  const memory = createMemory();
  for (let id = 101; id <= 140; id += 1) memory.judge(said(id, 'x'.repeat(500)));
  memory.reconnect();
  assert.deepEqual(memory.judge(said(109, 'x'.repeat(500), DUP)), ['repeated']);
  memory.reconnect();
  assert.deepEqual(memory.judge(said(108, 'x'.repeat(500), DUP)), ['new']);
});
