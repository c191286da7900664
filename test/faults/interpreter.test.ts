// The same random faults, on the real interpreter.

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createModelBroker } from '../../sim/broker/model.ts';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter/interpreter.ts';
import { createNetwork } from '../../sim/network/fate.ts';
import { createRealDevice } from '../resilience/device.ts';
import { checkProperty } from './property.ts';
import { stories, type Story } from './story.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { judgeOf, SETTINGS, playStory, type World } from './world.ts';

/** Chip milliseconds per wall millisecond. */
const SPEED = 60;

/** The program runs at normal speed: wait this long for its last reports. */
const REPORTS_MS = 250;

const STORIES = Number(process.env['FAULT_STORIES'] ?? 6);

/** Runs before the firmware: prints the bytes that it receives. */
const TAP = `
(function(c){var n=0;Modules.addCached("net",function(){exports.connect=0});require("net").connect=function(o,f){
var s=c(o,f),k=n++,on=s.on;
s.on=function(e,l){on.call(s,e,e=="data"?function(d){print("\\nRECEIVED",k,btoa(d));l.call(s,d)}:l)};
return s}})(require("net").connect);`;

/** Creates the same world around the real interpreter, over real TCP. */
async function createRealWorld({ identifiers, window }: Story): Promise<World> {
  const startMs = performance.now();
  const time = {
    nowMs: () => (performance.now() - startMs) * SPEED,
    setTimeout: (callback: () => void, ms: number) => setTimeout(callback, ms / SPEED),
    clearTimeout,
  };
  const broker = createModelBroker({ time, identifiers, window, firstIdentifier: 65_500 });
  const network = createNetwork(time, broker.accept);
  const judge = judgeOf(broker);
  const server = createServer(network.onSocket);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const settings = { ...SETTINGS, broker: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  const device = await createRealDevice({
    ...{ firmware: FIRMWARE, settings, speed: SPEED, serial: 'c0ffee00-0001', preamble: TAP },
  });
  const readers: ((bytes: string) => void)[] = [];
  const lines: string[] = [];
  let read = 0;

  function readConsole(): void {
    for (const line of device.console.slice(read)) {
      const [, connection, bytes] = /^RECEIVED (\d+) (\S+)$/.exec(line) ?? [];
      if (bytes === undefined) lines.push(line);
      else (readers[Number(connection)] ??= judge.createReader(Number(connection)))(atob(bytes));
    }
    read = device.console.length;
  }

  device.powerOn();
  return {
    ...{ broker, network, judge, slack: 5 },
    get console() {
      readConsole();
      return lines;
    },
    pass: async (ms) => void (await sleep(ms / SPEED)),
    level: () => device.levels().at(-1) ?? 0,
    press: () => Promise.reject(new Error('the interpreter for Linux has no button')),
    radio: (isOn) => device.wifi(isOn),
    isConnected(): boolean {
      readConsole();
      return !!lines.findLast((line) => /^(mqtt|wifi)/.test(line))?.startsWith('mqtt connected');
    },
    async vitals() {
      const { timers } = await device.vitals(); // printed after all that was received
      await sleep(REPORTS_MS);
      readConsole();
      return { timers };
    },
    async dispose() {
      await device.dispose();
      server.close();
    },
  };
}

const skip = interpreterPath() ? false : INTERPRETER_HINT;

describe('the real interpreter', { concurrency: true, skip }, () => {
  for (const identifiers of ['rising', 'lowest'] as const)
    for (const window of [1, 20])
      test(`whatever the network does, the lamp shows what the commands say (${identifiers} identifiers, ${window} in flight)`, (t) =>
        checkProperty(
          t,
          stories({ identifiers, window }, { hasHands: false, longestMs: 8_000 }),
          (story) => playStory(story, createRealWorld),
          { numRuns: STORIES, isShrunk: false },
        ));
});
