// The board around the lamp of the built bundle: button, telnet, watchdog.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStorage } from '../../sim/board/storage.ts';
import { inHome } from './home.ts';

test(
  'the button toggles with neither Wi-Fi nor broker',
  inHome(async ({ node, accessPoint, broker }) => {
    accessPoint.off();
    await broker.stop();
    const desk = node();
    await desk.board.waitFor(/^boot/);
    for (const duty of [1, 0, 1]) {
      await desk.press();
      assert.equal(desk.lamp.duty(), duty);
    }
    assert.equal(desk.board.attempts().length, 0);
  }),
);

test(
  'the button toggles while attempts to connect fail, and while the broker is there, and each press is published once',
  inHome(async ({ node, broker }) => {
    await broker.stop();
    const desk = node();
    await desk.until(() => desk.board.attempts().length >= 2);
    await desk.press();
    assert.equal(desk.lamp.duty(), 1);
    await broker.start();
    await desk.reported();
    await desk.press();
    await desk.press();
    await desk.until(() => desk.states().length === 3);
    assert.deepEqual(
      desk.states().map((message) => (message as { state: string }).state),
      ['ON', 'OFF', 'ON'],
    );
  }),
);

test(
  'a bouncing button counts as one press',
  inHome(async ({ node }) => {
    const desk = node();
    await desk.reported();
    const button = desk.board.pin('D0');
    for (const level of [0, undefined, 0, undefined, 0] as const) button.drive(level);
    await desk.pass(300);
    button.drive(undefined);
    await desk.pass(300);
    await desk.until(() => desk.states().length >= 2);
    await desk.pass(200);
    assert.equal(desk.states().length, 2);
    assert.equal(desk.lamp.duty(), 1);
  }, 5),
);

test(
  'ten seconds on the button forget the Wi-Fi and nothing else, and restart the program; the button still toggles then',
  inHome(async ({ node, broker }) => {
    const desk = node({ topics: ['home/all'], button: 'D4' });
    const boots = (): number => desk.board.console.filter((line) => line.startsWith('boot light')).length;
    await desk.reported();
    await desk.hold(5000, 'D4');
    assert.equal(boots(), 1);
    desk.board.pin('D4').drive(0);
    await desk.until(() => boots() === 2);
    desk.board.pin('D4').drive(undefined);
    await desk.board.waitFor(/wifi settings forgotten/);
    await desk.until(() => broker.retained().get('light/desk/status') === 'offline');
    const kept = { wifi: null, broker: 'broker', name: 'desk', topics: ['home/all'], button: 'D4' };
    assert.deepEqual(JSON.parse(desk.board.storage.read('light.json')!), kept);
    await desk.pass(5_000);
    const attempts = desk.board.attempts().length;
    const before = desk.lamp.duty();
    await desk.press('D4');
    assert.equal(desk.lamp.duty(), 1 - before);
    await desk.pass(10_000);
    assert.equal(desk.board.attempts().length, attempts);
    assert.equal(desk.board.resets.length, 1);
    assert.ok(!desk.board.console.some((line) => line.includes('Guru Meditation')));
  }, 40),
);

test(
  'no button where none is set: its pin is left alone',
  inHome(async ({ node }) => {
    const desk = node({ button: null });
    await desk.reported();
    await desk.hold(300);
    await desk.hold(12_000);
    assert.equal(desk.lamp.duty(), 0);
    assert.equal(desk.board.pin('D0').mode(), 'input');
    assert.equal(desk.board.resets.length, 1);
  }, 40),
);

test(
  'leaves no telnet open, before the Wi-Fi is up and after',
  inHome(async ({ node }) => {
    const desk = node();
    await desk.board.waitFor('boot light');
    assert.equal(desk.board.isTelnetOpen(), false, 'on the access point that the chip opens at every boot');
    const bare = node({ name: 'bare' }, { firmware: '' });
    await bare.until(() => bare.board.isTelnetOpen(), 'a bare board has its telnet open');
    await desk.reported();
    assert.equal(desk.board.isTelnetOpen(), false);
    const without = node({ name: 'without' }, { missingModules: ['TelnetServer'] });
    await without.reported();
  }),
);

/** Runs before the firmware and notes how it uses the watchdog. */
const WATCH = `var kept = E.enableWatchdog, watched = [];
E.enableWatchdog = function (timeout, isAuto) { watched.push(timeout, isAuto); kept(timeout, isAuto); };`;

for (const [name, config, expected] of [
  ['two minutes by default', {}, '120,false'],
  ['the configured time', { watchdogS: 300 }, '300,false'],
  ['no time when it is off', { watchdogS: 0 }, ''],
] as const) {
  test(
    `asks the watchdog for ${name}`,
    inHome(async ({ node }) => {
      const desk = node(config, { storage: createStorage({ files: { '.boot0': WATCH } }) });
      await desk.reported();
      assert.equal(String(desk.board.global()['watched']), expected);
    }),
  );
}

test(
  'a chip that hangs is restarted, reports why, and is a light again',
  inHome(async ({ node }) => {
    const desk = node({ watchdogS: 60 }, { hangLimitMs: 1_000 });
    await desk.reported();
    desk.board.type('while (true);');
    await desk.reported(2);
    assert.deepEqual(
      desk.board.resets.map((reset) => reset.cause),
      ['power', 'watchdog'],
    );
    assert.match(String(desk.infos()[1]!['lastRestartReason']), /watchdog/);
    assert.equal(desk.infos()[1]!['restarts'], 1);
    await desk.light('on', 1);
  }, 60),
);

test(
  'connects with as many topics, and as long ones, as the settings take',
  inHome(async ({ node }) => {
    const topics = Array.from({ length: 16 }, (_, index) => `${index}/`.padEnd(128, 'x'));
    const desk = node({ topics, homeAssistant: true });
    await desk.reported();
    await desk.board.waitFor(/^mqtt connected/);
    assert.deepEqual(
      desk.board.console.filter((line) => /bad value|mqtt down/.test(line)),
      [],
    );
  }),
);
