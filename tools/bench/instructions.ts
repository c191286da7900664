// What a command costs the processor: instructions of the real interpreter, counted by valgrind.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterpreter, INTERPRETER_HINT, interpreterPath, type Interpreter } from '../../sim/interpreter.ts';
import { createRogueBroker, packets } from '../../sim/rogue.ts';
import { bareLight, SHARED_TOPIC } from './bareLight.ts';
import type { Lab } from './lab.ts';
import { countLamps, lampReports, watchLamp } from './lampReports.ts';
import type { Table } from './table.ts';
import { serve } from './yesBroker.ts';

/** Under valgrind everything takes about thirty times as long, in wall milliseconds. */
const CONNECT_LIMIT_MS = 30_000;
const REPORT_LIMIT_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/** One program and one quality of service. */
interface Case {
  light: string;
  qos: 0 | 1;
  programFor(port: number): string;
}

const hasValgrind = (): boolean => spawnSync('valgrind', ['--version']).error === undefined;

/** A folder with an executable that is the interpreter under valgrind, and where valgrind reports. */
function createCountedInterpreter(interpreter: string) {
  const folder = mkdtempSync(join(tmpdir(), 'counted-'));
  const executable = join(folder, 'espruino');
  const report = join(folder, 'report');
  const valgrind = `valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-file='${report}'`;
  writeFileSync(executable, `#!/bin/sh\nexec ${valgrind} '${interpreter}' "$@"\n`, { mode: 0o755 });
  return { executable, report, dispose: () => rmSync(folder, { recursive: true }) };
}

/** The board under another interpreter than the one that ESPRUINO names. */
function createChip(executable: string, options: Parameters<typeof createInterpreter>[0]): Interpreter {
  const before = process.env['ESPRUINO'];
  process.env['ESPRUINO'] = executable;
  try {
    return createInterpreter(options);
  } finally {
    if (before === undefined) delete process.env['ESPRUINO'];
    else process.env['ESPRUINO'] = before;
  }
}

/** Waits for valgrind's last words. */
async function readReport(file: string): Promise<number> {
  for (const deadlineMs = Date.now() + REPORT_LIMIT_MS; Date.now() < deadlineMs; await sleep(LOOK_AGAIN_MS)) {
    const found = existsSync(file) ? /I\s+refs:\s+([\d,]+)/.exec(readFileSync(file, 'latin1')) : undefined;
    if (found?.[1]) return Number(found[1].replaceAll(',', ''));
  }
  throw new Error('valgrind did not report');
}

/** Instructions from power-on to the lamp's `writes`-th change. */
async function count(lab: Lab, { qos, programFor }: Case, writes: number): Promise<number> {
  const rogue = createRogueBroker((peer) => serve(peer));
  const port = await rogue.start();
  lab.use({ dispose: rogue.stop });
  const counted = lab.use(createCountedInterpreter(interpreterPath() as string));
  const chip = lab.use(
    createChip(counted.executable, {
      bundle: programFor(port),
      settings: { wifi: { ssid: 'Home', password: 'secret-password' }, broker: `127.0.0.1:${port}` },
      preamble: `global.writes=${writes};` + lampReports('if(!--writes)quit()'),
    }),
  );
  rmSync(counted.report, { force: true }); // of the run that wrote the flash
  chip.powerOn();
  await subscribed(rogue.peers, Date.now() + CONNECT_LIMIT_MS);
  const changes = watchLamp(chip);
  for (let done = countLamps(chip); done < writes; done += 1) {
    const packetId = qos ? { packetId: 1 + (done % 1000) } : {};
    rogue.peers[0]?.send(packets.publish(SHARED_TOPIC, done % 2 ? 'off' : 'on', packetId));
    await changes();
  }
  return readReport(counted.report);
}

/** Waits until a client has sent SUBSCRIBE. */
async function subscribed(peers: readonly { received(): string }[], deadlineMs: number): Promise<void> {
  while (!peers[0]?.received().includes(`\x82`)) {
    if (Date.now() > deadlineMs) throw new Error('the light did not subscribe');
    await sleep(LOOK_AGAIN_MS);
  }
  await sleep(CONNECT_LIMIT_MS / 60);
}

function casesFor({ firmware, tinyMqtt }: Lab): Case[] {
  const ours = ([0, 1] as const).map((qos) => ({ light: 'this light', qos, programFor: () => firmware }));
  if (tinyMqtt === undefined) return ours;
  return [...ours, { light: 'bare tinyMQTT light', qos: 0, programFor: (port) => bareLight(tinyMqtt, port) }];
}

/** What to read where it cannot be counted. */
function missing(lab: Lab): string[] {
  if (!interpreterPath()) return [`left out: it ${INTERPRETER_HINT}`];
  if (!hasValgrind()) return ['left out: install valgrind (Debian: apt install valgrind)'];
  return lab.tinyMqtt === undefined ? ['bare tinyMQTT light left out: name its module with --tinymqtt FILE'] : [];
}

/** Counts them. */
export async function measureInstructions(lab: Lab): Promise<Table> {
  const writes = lab.isQuick ? 50 : 200;
  const rows: Table['rows'] = [];
  for (const each of interpreterPath() && hasValgrind() ? casesFor(lab) : []) {
    lab.progress(`  ${each.light}, QoS ${each.qos}\n`);
    const [short, long] = await Promise.all([count(lab, each, writes), count(lab, each, 2 * writes)]);
    await lab.clear();
    rows.push({ light: each.light, qos: each.qos, instructions: (long - short) / writes / 1000 });
  }
  return {
    title: 'Thousand instructions per command (real interpreter under valgrind)',
    method: [
      `A run of ${2 * writes} changes of the lamp minus one of ${writes}, divided by ${writes}; each command is sent when the one before was obeyed.`,
      'Our light also logs each change and publishes its state. x86-64 instructions: a measure of work, not of time on an ESP32.',
    ],
    columns: [
      { key: 'light', label: 'light' },
      { key: 'qos', label: 'QoS' },
      { key: 'instructions', label: 'thousand instructions', digits: 1 },
    ],
    rows,
    notes: missing(lab),
  };
}
