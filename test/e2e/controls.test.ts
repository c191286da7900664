// The controls in Home Assistant: restart, identify, and what the lamp is when power returns.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDiscovery } from '../support/homeAssistantRules.ts';
import { inHome, type HomeNode } from './home.ts';

const CONFIG = 'homeassistant/device/desk/config';

/** Presses a button, or chooses an option, as Home Assistant does by what the light has announced. */
async function use(desk: HomeNode, key: string, retained: ReadonlyMap<string, string>, option = ''): Promise<void> {
  const control = readDiscovery(retained.get(CONFIG)!).components[key]!;
  await desk.command(option || String(control['payload_press']), String(control['command_topic']));
}

const settings = { homeAssistant: true, powerOn: 'off' };

test(
  'the restart button restarts the program, with the lamp as it is, and not twice within a minute',
  inHome(async ({ node, broker }) => {
    const desk = node(settings);
    await desk.reported();
    await desk.light('on', 1);
    await use(desk, 'restart', broker.retained());
    await desk.pass(20_000);
    assert.ok(desk.board.console.includes('ignored: "restart"'));
    await desk.pass(60_000);
    await use(desk, 'restart', broker.retained());
    await desk.reported(2);
    assert.equal(desk.infos().at(-1)!['lastRestartReason'], 'request');
    assert.equal(desk.board.pin('D5').duty(), 1);
  }, 60),
);

test(
  'the identify button makes the lamp blink',
  inHome(async ({ node, broker }) => {
    const desk = node(settings);
    await desk.reported();
    const before = desk.board.pin('D5').history.length;
    await use(desk, 'identify', broker.retained());
    await desk.until(() => desk.board.pin('D5').history.length > before + 10);
  }),
);

test(
  'what is chosen for power-on is told, and counts after a power cut; a flood of choices costs two bytes in five seconds',
  inHome(async ({ node, broker }) => {
    const desk = node(settings);
    await desk.reported();
    for (let turn = 0; turn < 100; turn += 1) await use(desk, 'powerOn', broker.retained(), turn % 2 ? 'on' : 'off');
    await use(desk, 'powerOn', broker.retained(), 'last');
    await desk.until(() => desk.infos().at(-1)!['powerOn'] === 'last');
    await desk.light('on', 1);
    await desk.pass(10_000);
    desk.board.powerOff();
    desk.board.powerOn();
    await desk.until(() => desk.infos().at(-1)!['restarts'] === 1);
    assert.equal(desk.board.pin('D5').duty(), 1);
    assert.equal(desk.infos().at(-1)!['powerOn'], 'last');
    const writes = desk.board.storage.writes.filter(({ name }) => name.startsWith('light.log'));
    assert.ok(writes.length < 12, `${writes.length} writes`);
  }, 10),
);
