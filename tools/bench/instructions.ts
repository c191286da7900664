// What a command costs the processor: instructions of the real interpreter, counted by valgrind.

import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter.ts';
import { createRogueBroker, packets } from '../../sim/rogue.ts';
import { bareLight, SHARED_TOPIC } from './bareLight.ts';
import { createCountedChip, hasValgrind } from './countedChip.ts';
import type { Lab } from './lab.ts';
import { lampReports } from './lampReports.ts';
import type { Table } from './table.ts';
import { answerTo, isSubscribe } from './yesBroker.ts';

/** In the shorter run; the longer one has twice as many. */
const COMMANDS = 100;

/** One program and one quality of service. */
interface Case {
  light: string;
  qos: 0 | 1;
  /** It knows neither CONNACK nor SUBACK, and loses what arrives with them. */
  isDeaf?: boolean;
  programFor(port: number): string;
}

/**
 * Goes before the program. The first command comes from the broker; from then on each change of the lamp puts the next one into
 * the socket, for an interpreter that waits for the network spins, and its instructions would count.
 */
const feeder = (commands: string[], count: number): string => `
global.chipNet=require("net");
Modules.addCached("net",function(){exports.connect=function(o,f){return global.fed=chipNet.connect(o,f)}});
global.feed=function(){fed.emit("data",commands[left&1])};
global.left=${count};
global.commands=${JSON.stringify(commands)};
${lampReports('if(!--left)quit();else if(global.fed)setTimeout(feed,0)')}
`;

/** Instructions from power-on to the lamp's `count`-th change. */
async function instructionsFor(lab: Lab, { qos, isDeaf = false, programFor }: Case, count: number): Promise<number> {
  const commands = ['on', 'off'].map((word) => packets.publish(SHARED_TOPIC, word, qos ? { packetId: 1 } : {}));
  const rogue = createRogueBroker(async (peer) => {
    for (let packet = await peer.packet(); packet !== undefined; packet = await peer.packet()) {
      peer.send((isDeaf ? '' : answerTo(packet)) + (isSubscribe(packet) ? commands[0] : ''));
    }
  });
  const port = await rogue.start();
  lab.use({ dispose: rogue.stop });
  const chip = createCountedChip(lab, {
    bundle: programFor(port),
    settings: { wifi: { ssid: 'Home', password: 'secret-password' }, broker: `127.0.0.1:${port}` },
    preamble: feeder(commands, count),
  });
  chip.powerOn();
  const instructions = await chip.instructions();
  await chip.dispose();
  return instructions;
}

/** The longer run minus the shorter one. */
async function perCommand(lab: Lab, each: Case): Promise<number> {
  const counts = [COMMANDS, 2 * COMMANDS];
  const [short = 0, long = 0] = await Promise.all(counts.map((count) => instructionsFor(lab, each, count)));
  return (long - short) / COMMANDS;
}

function casesFor({ firmware, tinyMqtt }: Lab): Case[] {
  const ours = ([0, 1] as const).map((qos) => ({ light: 'this light', qos, programFor: () => firmware }));
  if (tinyMqtt === undefined) return ours;
  return [
    ...ours,
    { light: 'bare tinyMQTT light', qos: 0, isDeaf: true, programFor: (port) => bareLight(tinyMqtt, port) },
  ];
}

/** What to read where it cannot be counted. */
function missing(lab: Lab): string[] {
  if (!interpreterPath()) return [`left out: it ${INTERPRETER_HINT}`];
  if (!hasValgrind()) return ['left out: install valgrind (Debian: apt install valgrind)'];
  return lab.tinyMqtt === undefined ? ['bare tinyMQTT light left out: name its module with --tinymqtt FILE'] : [];
}

/** Counts them. */
export async function measureInstructions(lab: Lab): Promise<Table> {
  const rows: Table['rows'] = [];
  for (const each of interpreterPath() && hasValgrind() ? casesFor(lab) : []) {
    lab.progress(`  ${each.light}, QoS ${each.qos}\n`);
    rows.push({ light: each.light, qos: each.qos, instructions: (await perCommand(lab, each)) / 1000 });
    await lab.clear();
  }
  return {
    title: 'Thousand instructions per command (real interpreter under valgrind, run from flash)',
    method: [
      `A run of ${2 * COMMANDS} commands minus one of ${COMMANDS}, divided by ${COMMANDS}. One each: it repeats within some percent.`,
      'Our light also logs each change and publishes its state. x86-64 instructions: a measure of work, not of time on an ESP32.',
    ],
    columns: [
      { key: 'light', label: 'light' },
      { key: 'qos', label: 'QoS' },
      { key: 'instructions', label: 'thousand instructions' },
    ],
    rows,
    notes: missing(lab),
  };
}
