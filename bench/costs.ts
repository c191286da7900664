// Measures what a light costs the chip: instructions per command, variables, bytes. One row per light.

import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_TOPIC } from '../settings/schema.ts';
import { INTERPRETER_HINT, interpreterPath } from '../sim/interpreter/interpreter.ts';
import { createRogueBroker, packets, scripts } from '../sim/broker/rogue.ts';
import { createCountedChip, hasValgrind } from './countedChip.ts';
import type { Lab } from './lab.ts';
import { lampReports } from './lampReports.ts';
import { fromRam } from './lights.ts';
import { createMeteredChip } from './meteredChip.ts';
import { missingPrograms, programsOf, type Kind, type Program } from './programs.ts';
import type { Table } from './table.ts';
import { serve } from './acceptingBroker.ts';

/** Commands in the shorter run; the longer one has twice as many. */
const COMMANDS = 100;

/** From SUBSCRIBE until all retained messages are published. */
const SUBSCRIBED_MS = 1500;

const WORDS = ['on', 'off'];
const LEVELS = [128, 64].map((brightness) => JSON.stringify({ state: 'ON', brightness }));

/** Builds SUBACK with QoS 1 for so many filters; only our program checks the packet identifier, which is 1. */
const suback = (filters: number): string => packets.suback(1, ...Array.from({ length: filters }, () => 1));

/** Writes bytes as an ASCII literal, because the flash is written from a file in UTF-8. */
const literal = (bytes: string): string =>
  JSON.stringify(bytes).replace(/[\x80-\xff]/g, (char) => '\\x' + char.charCodeAt(0).toString(16));

/**
 * Program that runs before the light. The interpreter spins while it waits for the network, and these instructions would count. So its
 * socket is a real one, but this program emits the answers to CONNECT and SUBSCRIBE on it, and the next command after each change
 * of the lamp. From SUBSCRIBE on its `write` is the native one.
 */
const feeder = ({ filters, losesFirst }: Program, commands: string[], count: number): string => `
global.chipNet=require("net");
global.answer=function(d){
  var isLast=d.indexOf("\x82")>=0;
  delete fed.write;
  fed.write(d);
  if(!isLast)fed.write=answer;
  setTimeout(function(){fed.emit("data",isLast?granted:connack)},0);
};
Modules.addCached("net",function(){exports.connect=function(o,f){
  global.fed=chipNet.connect(o,f);
  fed.write=answer;
  return fed;
}});
global.feed=function(){fed.emit("data",commands[left&1])};
global.left=${count};
global.connack=${literal(packets.connack())};
global.granted=${literal((losesFirst ? '' : suback(filters)) + commands[0])};
global.commands=${JSON.stringify(commands)};
${lampReports('if(!--left)quit();else if(global.fed)setTimeout(feed,0)')}
`;

/** Measures the instructions from power-on to the lamp's `count`-th change. */
async function instructionsFor(lab: Lab, program: Program, kind: Kind, count: number): Promise<number> {
  const payloads = kind === 'json' ? LEVELS : WORDS;
  const options = kind === 'qos1' ? { packetId: 1 } : {};
  const commands = payloads.map((payload) => packets.publish(DEFAULT_TOPIC, payload, options));
  const rogue = createRogueBroker(scripts.silent());
  const port = await rogue.start();
  lab.use({ dispose: rogue.stop });
  const chip = createCountedChip(lab, {
    bundle: fromRam(feeder(program, commands, count) + program.text(port)),
    settings: { wifi: { ssid: 'Home', password: 'secret-password' }, broker: `127.0.0.1:${port}` },
  });
  chip.powerOn();
  const instructions = await chip.instructions();
  await chip.dispose();
  return instructions;
}

/** Measures thousands of instructions per command: the longer run minus the shorter one. */
async function thousandPerCommand(lab: Lab, program: Program, kind: Kind): Promise<number> {
  const counts = [COMMANDS, 2 * COMMANDS];
  const [short = 0, long = 0] = await Promise.all(counts.map((count) => instructionsFor(lab, program, kind, count)));
  await lab.clear();
  return (long - short) / COMMANDS / 1000;
}

/** Measures the variables in use after subscribing, run from flash, minus those of an empty program. */
export async function variablesOf(lab: Lab, { text }: Pick<Program, 'text'>): Promise<number> {
  const empty = await createMeteredChip(lab, { program: '', port: 0 }).used();
  await lab.clear();
  let subscribed = (): void => {};
  const isSubscribed = new Promise<void>((resolve) => (subscribed = resolve));
  const rogue = createRogueBroker((peer) => serve(peer, () => true, subscribed));
  const port = await rogue.start();
  lab.use({ dispose: rogue.stop });
  const chip = createMeteredChip(lab, { program: text(port), port });
  await isSubscribed;
  await sleep(SUBSCRIBED_MS);
  const used = await chip.used();
  await lab.clear();
  return used - empty;
}

/** Notes on what is left out. */
function missing(lab: Lab): string[] {
  if (!interpreterPath())
    return [`instructions and variables left out: it ${INTERPRETER_HINT}`, ...missingPrograms(lab)];
  const valgrind = hasValgrind() ? [] : ['instructions left out: install valgrind (Debian: apt install valgrind)'];
  return [...valgrind, ...missingPrograms(lab)];
}

async function measure(lab: Lab, program: Program): Promise<Table['rows'][number]> {
  const row: Table['rows'][number] = { light: program.name, bytes: program.text(1883).length };
  if (!interpreterPath()) return row;
  row['variables'] = await variablesOf(lab, program);
  for (const kind of hasValgrind() ? program.kinds : []) row[kind] = await thousandPerCommand(lab, program, kind);
  return row;
}

/** Columns of the table, here and in the README. */
export const COST_COLUMNS: Table['columns'] = [
  { key: 'light', label: 'light' },
  { key: 'qos0', label: 'on/off, QoS 0' },
  { key: 'qos1', label: 'on/off, QoS 1' },
  { key: 'json', label: 'JSON brightness' },
  { key: 'variables', label: 'chip variables' },
  { key: 'bytes', label: 'bytes' },
];

/** Measures each light whose program is at hand. */
export async function measureCosts(lab: Lab): Promise<Table> {
  const rows: Table['rows'] = [];
  for (const program of programsOf(lab)) {
    lab.progress(`  ${program.name}\n`);
    rows.push(await measure(lab, program));
  }
  return {
    title: 'What a light costs: thousand instructions per command, chip variables, bytes of the program',
    method: [
      `Instructions: cachegrind on the real interpreter, program in RAM, ${2 * COMMANDS} commands minus ${COMMANDS}; the harness is in every row alike.`,
      'Variables: after subscribing, run from flash, minus those of an empty program. This light also logs and publishes its state.',
    ],
    columns: COST_COLUMNS,
    rows,
    notes: missing(lab),
  };
}
