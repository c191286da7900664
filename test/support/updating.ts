// Shared by the tests of update and configure: the tools with short limits, their output, images, and scripted lights.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createBroker, type Broker } from '../../sim/broker/embedded.ts';
import { runConfigure } from '../../tools/configure/run.ts';
import { until } from '../../tools/flash/until.ts';
import { createMasterKey } from '../../tools/keys.ts';
import type { Host } from '../../tools/update/fleet.ts';
import type { Limits } from '../../tools/update/limits.ts';
import { runUpdate } from '../../tools/update/run.ts';
import { createScriptedLight, type LightFaults, type ScriptedLight } from './scriptedLight.ts';

/** For what will come, on any computer. */
export const PATIENT: Limits = {
  putMs: 20_000,
  answerMs: 10_000,
  fetchMs: 20_000,
  trialMs: 20_000,
  settingsMs: 20_000,
  compactMs: 20_000,
  logMs: 300,
  goodbyeMs: 5_000,
};

/** For what will never come. */
export const HASTY: Limits = { ...PATIENT, answerMs: 200, fetchMs: 600, trialMs: 600, settingsMs: 600 };

const folder = mkdtempSync(join(tmpdir(), 'update-test-'));

/** Where the master key of the tests is. */
export const MASTER_KEY = join(folder, 'master.key');

/** The master key of the tests. */
export const MASTER = createMasterKey(MASTER_KEY);

/** Writes a file for a test; returns its path. */
export function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** An image of some chunks, with a version. */
export const image = (version: string, fillBytes = 5_000): string =>
  file(
    `${version}.js`,
    `log("boot light ${version} on "+kind);"${'x'.repeat(fillBytes)}"\n(function(a,b,c){return c})`,
  );

/** Runs a tool; gives its exit code and what it prints. */
export async function runs(tool: typeof runUpdate, argv: string[], host: Partial<Host> = {}) {
  let output = '';
  const code = await tool(argv, {
    write: (text) => void (output += text),
    isTerminal: false,
    environment: {},
    signal: new AbortController().signal,
    limits: PATIENT,
    ...host,
  });
  return { code, output };
}

const access = ({ port }: { port: number }): string[] => [
  ...['--broker', `127.0.0.1:${port}`],
  ...['--master-key', MASTER_KEY, '--wait', '1'],
];

export const update = (broker: { port: number }, argv: string[], host?: Partial<Host>) =>
  runs(runUpdate, [...access(broker), ...argv], host);

export const configure = (broker: { port: number }, argv: string[], host?: Partial<Host>) =>
  runs(runConfigure, [...access(broker), ...argv], host);

/** An embedded broker. */
export async function startBroker(t: TestContext, options?: Parameters<typeof createBroker>[0]): Promise<Broker> {
  const broker = createBroker(options);
  await broker.start();
  t.after(() => broker.stop());
  return broker;
}

let serials = 0;

/** Scripted lights at a broker, by name. */
export function lightsAt<Name extends string>(
  t: TestContext,
  { port }: { port: number },
  faults: Record<Name, LightFaults>,
): Promise<Record<Name, ScriptedLight>> {
  const made = Object.entries<LightFaults>(faults).map(async ([name, own]) => {
    const serial = `c0ffee00-${(serials += 1).toString(16).padStart(4, '0')}`;
    const light = await createScriptedLight({ port, name, serial, master: MASTER, faults: own });
    t.after(() => light.stop());
    return [name, light] as const;
  });
  return Promise.all(made).then((pairs) => Object.fromEntries(pairs) as Record<Name, ScriptedLight>);
}

/** Waits until the broker keeps no chunk: it may acknowledge before it forgets. */
export async function noChunksAt(broker: Broker): Promise<void> {
  assert.ok(await until(() => chunksAt(broker).length === 0, 5_000), chunksAt(broker).join());
}

/** Topics of chunks that the broker keeps. */
export const chunksAt = (broker: Broker): string[] =>
  [...broker.retained().keys()].filter((topic) => topic.startsWith('light/firmware/'));
