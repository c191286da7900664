// The story that every fault is put into: commands before, during and after it, and what must hold in the end.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { createRogueBroker, type RogueScript } from '../../sim/broker/rogue.ts';
import { benches, type Bench } from './benches.ts';
import { KEEP_ALIVE_S, type Rig, type RigOptions } from './rigs.ts';

/** Timers of an idle node: the session's, the station's and that of the next info message. */
export const IDLE_TIMERS = 2;

/** The last of the others is gone after 5 s of the chip: it waits for the flash's sake. */
const LAST_TIMER_MS = 2_000;

/** The longest wait between two attempts, in chip seconds. */
const LONGEST_BACKOFF_S = 60;

/** CONNACK and SUBACK may each be this late. */
const HANDSHAKE_S = 20;

/** A dead link is noticed within one and a half keep alives. */
const NOTICED_S = 1.5 * KEEP_ALIVE_S;

/** What a busy computer may be late with a new session, and with a line on the console, in wall milliseconds. */
const SLACK_MS = 1_000;
const LINE_SLACK_MS = 200;

/** A fault, and how it is mended. */
export interface Scenario {
  /** A sentence. */
  name: string;
  fault(rig: Rig, t: TestContext): void | Promise<void>;
  /** What the board says when it has noticed. Without it the session must not end at all. */
  tells?: RegExp;
  /** How often it must have said so before the fault is mended; once by default. */
  times?: number;
  heal?(rig: Rig): void | Promise<void>;
  /** The broker itself is away: nobody can send commands meanwhile. */
  isBrokerAway?: true;
  /** The node takes the broker's misdeed for a second device with its identifier, and makes another one. */
  renews?: true;
  /** How long the mended house keeps the board from its next attempt, in chip seconds. */
  heldS?: number;
  options?: RigOptions;
}

/** Leads the board to a server that misbehaves, and back. */
export function misled(script: RogueScript): Pick<Scenario, 'fault' | 'heal'> {
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

/** A command for this brightness. */
export const dim = (level: number): string => `{"brightness":${level}}`;

/** The power goes, and nobody tells the broker: the board is to be switched on again. */
export async function dieSilently({ device, proxy }: Rig): Promise<void> {
  proxy.faults.drop();
  await device.powerOff();
  proxy.faults.heal();
}

/** What the broker says about the board. */
export const status = ({ retained, topic }: Rig): Promise<string> => retained(`${topic}/status`);

/** What holds for a node that has nothing to complain of. @param levels what the lamp must have shown, in this order and nothing else */
export async function checkPeace(rig: Rig, levels: number[]): Promise<void> {
  const { device, wire, until } = rig;
  await until(() => device.levels().length >= levels.length, `a lamp that came to ${levels.at(-1)}`);
  assert.deepEqual(device.levels(), levels, 'the lamp obeyed each command once, and nothing else');
  wire.check();
  assert.equal(await status(rig), 'online');
  assert.ok((device.board?.openSockets() ?? 1) === 1, `${device.board?.openSockets()} sockets are open`);
  await until(async () => (await device.vitals()).timers <= IDLE_TIMERS, 'idle timers alone', LAST_TIMER_MS);
}

/** The wait that the board has announced last, in chip seconds. */
const announcedWaitS = (rig: Rig): number =>
  Number(
    rig.device.console.map((line) => /retry in ([\d.]+) s/.exec(line)?.[1]).findLast(Boolean) ?? LONGEST_BACKOFF_S,
  );

/** Chip seconds since a wall time. */
const secondsSince = (wallMs: number, { device }: Rig): number => ((performance.now() - wallMs) * device.speed) / 1000;

/** A command that is obeyed, in a session that has lasted. */
async function settle({ device, send, until, wire }: Rig): Promise<void> {
  await send(dim(100));
  await until(() => device.levels().at(-1) === 100, 'a first command');
  await until(() => wire.sent().some(({ cmd }) => cmd === 'pingreq'), 'a session that lasts');
}

/** Breaks it, and waits until the board says so; gives the chip seconds that took, and the console line to go on from. */
async function strike(rig: Rig, { fault, tells, times = 1 }: Scenario, t: TestContext) {
  const faultMs = performance.now();
  let told = rig.device.console.length;
  await fault(rig, t);
  if (tells) told = await rig.line(tells, told);
  const noticedS = secondsSince(faultMs, rig);
  if (/PINGRESP/.test(String(tells))) {
    const limitS = NOTICED_S + (LINE_SLACK_MS * rig.device.speed) / 1000;
    assert.ok(noticedS < limitS, `the dead link was noticed after ${noticedS.toFixed(1)} s`);
  }
  for (let left = times - 1; tells && left > 0; left -= 1) told = await rig.line(tells, told);
  return { noticedS, told };
}

async function tell(rig: Rig, scenario: Scenario, t: TestContext): Promise<void> {
  const { tells, heal, isBrokerAway, renews, heldS = 0 } = scenario;
  const { device, send, line, until } = rig;
  await settle(rig);
  const calm = device.console.length;
  const { noticedS, told } = await strike(rig, scenario, t);
  if (!isBrokerAway) await send(dim(120));

  const limitS = announcedWaitS(rig) + HANDSHAKE_S + heldS + (SLACK_MS * device.speed) / 1000;
  await heal?.(rig);
  const healMs = performance.now();
  const mended = device.console.length;
  if (renews) await line(/^mqtt connected/, told);
  if (isBrokerAway || renews) await send(dim(120));
  await until(() => device.levels().at(-1) === 120, 'the command that was sent meanwhile');
  const backS = secondsSince(healMs, rig);
  const failed = device.console.slice(mended).filter((text) => /^mqtt down/.test(text)).length;
  if (tells) assert.ok(backS < limitS && failed < 2, `back ${backS.toFixed(1)} s and ${failed} attempts after healing`);
  else assert.ok(!device.console.slice(calm).some((text) => /mqtt/.test(text)), device.console.join('\n'));

  await send(dim(140));
  await checkPeace(rig, [0, 100, 120, 140]);
  assert.equal(new Set(rig.identifiers()).size, renews ? 2 : 1, 'client identifiers used');
  const figures = `noticed after ${noticedS.toFixed(1)} s, back ${backS.toFixed(1)} s after healing`;
  t.diagnostic(tells ? figures : 'the session went on');
}

/** The same tests on each bench, several at a time: most of their time is waiting. */
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

/** A test of each row on each bench. */
export function tellAll(title: string, scenarios: Scenario[], isOn?: (bench: Bench) => boolean): void {
  const tests = (bench: Bench): void => {
    for (const scenario of scenarios)
      test(scenario.name, async (t) => tell(await bench.open(t, scenario.options), scenario, t));
  };
  onEachBench(title, tests, isOn);
}
