// Runs a fault with commands before, during and after it, and checks the light in the end.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { VirtualBoard } from '../../sim/board/board.ts';
import { createRogueBroker, type RogueScript } from '../../sim/broker/rogue.ts';
import { benches, type Bench } from './benches.ts';
import { KEEP_ALIVE_S, type Rig, type RigOptions } from './rigs.ts';

/** Timers of an idle node. */
export const IDLE_TIMERS = 2;

/** The other timers end within this time: the last one delays a write to the flash by 5 s of the chip. */
const LAST_TIMER_MS = 2_000;

/** The longest wait between two attempts, in chip seconds. */
const LONGEST_BACKOFF_S = 60;

/** CONNACK and SUBACK may come this late together. */
const HANDSHAKE_S = 20;

/** A dead link is noticed within one and a half keep alives. */
const NOTICED_S = 1.5 * KEEP_ALIVE_S;

/** A busy computer may delay a new session, and a line on the console, by these wall milliseconds. */
const SLACK_MS = 1_000;
const LINE_SLACK_MS = 500;

/** A fault and its repair. */
export interface Scenario {
  /** Describes the fault, in a sentence. */
  name: string;
  fault(rig: Rig, t: TestContext): void | Promise<void>;
  /** The board logs this when it notices the fault. Without it the session must not end at all. */
  logs?: RegExp;
  /** How often it must log that before the fault is repaired; default 1. */
  times?: number;
  heal?(rig: Rig): void | Promise<void>;
  /** The broker itself is down: commands cannot be sent meanwhile. */
  isBrokerAway?: true;
  /** How much longer the board may take to come back, in chip seconds; default 0. */
  extraS?: number;
  options?: RigOptions;
}

/** Connects the board to a rogue broker instead, and back. */
export function rogueBroker(script: RogueScript): Pick<Scenario, 'fault' | 'heal'> {
  return {
    async fault({ proxy }, t) {
      const rogue = createRogueBroker(script);
      proxy.retarget(await rogue.start());
      proxy.kill();
      t.after(() => rogue.stop());
    },
    heal({ proxy, broker }) {
      proxy.retarget(broker.port);
      proxy.kill();
    },
  };
}

/** A command that sets the brightness, 0-255. */
export const dim = (level: number): string => `{"brightness":${level}}`;

/** Cuts the board's power without FIN or RST to the broker; call `powerOn()` afterwards. */
export async function powerOffSilently({ device, proxy }: Rig): Promise<void> {
  proxy.faults.drop();
  await device.powerOff();
  proxy.faults.heal();
}

/** Reads the board's retained status. */
export const status = ({ retained, topic }: Rig): Promise<string> => retained(`${topic}/status`);

/**
 * Checks a node without a fault: its lamp, its packets, its status, its sockets and timers.
 * @param levels what the lamp must have shown, in this order and nothing else
 */
export async function checkHealthy(rig: Rig, levels: number[]): Promise<void> {
  const { device, wire, until } = rig;
  await until(() => device.levels().length >= levels.length, `a lamp that came to ${levels.at(-1)}`);
  assert.deepEqual(device.levels(), levels, 'the lamp obeyed each command once, and nothing else');
  wire.check();
  await until(async () => (await status(rig)) === 'online', 'a status that is online'); // a late will is corrected
  assert.ok((device.board?.openSockets() ?? 1) === 1, `${device.board?.openSockets()} sockets are open`);
  await until(async () => (await device.vitals()).timers <= IDLE_TIMERS, 'idle timers alone', LAST_TIMER_MS);
}

/** The wait that the board logged last, in chip seconds. */
const announcedWaitS = (rig: Rig): number =>
  Number(
    rig.device.console.map((line) => /retry in ([\d.]+) s/.exec(line)?.[1]).findLast(Boolean) ?? LONGEST_BACKOFF_S,
  );

/** Waits until a command is obeyed, and the session counts as lasting. */
async function settle({ device, send, until, wire }: Rig): Promise<void> {
  await send(dim(100));
  await until(() => device.levels().at(-1) === 100, 'a first command');
  await until(() => wire.sent().some(({ cmd }) => cmd === 'pingreq'), 'a session that lasts');
}

/** Starts the fault and waits until the board logs it; gives the chip seconds that took. */
async function breakIt(rig: Rig, { fault, logs, times = 1 }: Scenario, t: TestContext) {
  const faultS = rig.device.nowS();
  let seen = rig.device.console.length;
  await fault(rig, t);
  if (logs) seen = await rig.line(logs, seen);
  const noticedS = (logs ? rig.device.lineS(seen - 1) : rig.device.nowS()) - faultS;
  if (/PINGRESP/.test(String(logs))) {
    const limitS = NOTICED_S + (LINE_SLACK_MS * rig.device.speed) / 1000;
    assert.ok(noticedS < limitS, `the dead link was noticed after ${noticedS.toFixed(1)} s`);
  }
  for (let left = times - 1; logs && left > 0; left -= 1) seen = await rig.line(logs, seen);
  return noticedS;
}

async function runScenario(rig: Rig, scenario: Scenario, t: TestContext): Promise<void> {
  const { logs, heal, isBrokerAway, extraS = 0 } = scenario;
  const { device, send, until } = rig;
  await settle(rig);
  const calm = device.console.length;
  const noticedS = await breakIt(rig, scenario, t);
  if (!isBrokerAway) await send(dim(120));

  const limitS = announcedWaitS(rig) + HANDSHAKE_S + extraS + (SLACK_MS * device.speed) / 1000;
  await heal?.(rig);
  const healS = device.nowS();
  const healed = device.console.length;
  if (isBrokerAway) await send(dim(120));
  await until(() => device.levels().at(-1) === 120, 'the command that was sent meanwhile');
  const backS = device.nowS() - healS;
  const failed = device.console.slice(healed).filter((text) => /^mqtt down/.test(text)).length;
  if (logs) assert.ok(backS < limitS && failed < 2, `back ${backS.toFixed(1)} s and ${failed} attempts after healing`);
  else assert.ok(!device.console.slice(calm).some((text) => /mqtt/.test(text)), device.console.join('\n'));

  await send(dim(140));
  await checkHealthy(rig, [0, 100, 120, 140]);
  assert.equal(new Set(rig.identifiers()).size, 1, 'client identifiers used');
  const figures = `noticed after ${noticedS.toFixed(1)} s, back ${backS.toFixed(1)} s after healing`;
  t.diagnostic(logs ? figures : 'the session went on');
}

/** Whether a bench has a virtual board. */
export const isVirtual = (bench: Bench): boolean => bench.isVirtual;

/** Whether a bench has the real interpreter: for what the parts' own tests hold on the virtual board. */
export const isReal = (bench: Bench): boolean => !bench.isVirtual;

/** Gives the board of a virtual bench. */
export const boardOf = ({ device }: Rig): VirtualBoard => device.board as VirtualBoard;

/** Runs tests on each bench, several at a time: most of their time is waiting. */
export function onEachBench(
  title: string,
  tests: (bench: Bench) => void,
  isOn: (bench: Bench) => boolean = () => true,
): void {
  describe(title, { concurrency: 2 }, () => {
    for (const bench of benches.filter(isOn))
      describe(`${title}: ${bench.name}`, { skip: bench.skip, concurrency: bench.isVirtual ? 3 : 2 }, () =>
        tests(bench),
      );
  });
}

/** Runs each scenario as a test on each bench. */
export function testOnEachBench(title: string, scenarios: Scenario[], isOn?: (bench: Bench) => boolean): void {
  const tests = (bench: Bench): void => {
    for (const scenario of scenarios)
      test(scenario.name, async (t) => runScenario(await bench.open(t, scenario.options), scenario, t));
  };
  onEachBench(title, tests, isOn);
}
