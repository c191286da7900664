// What a light costs the chip: instructions per command, variables, bytes. One row per light.

import { setTimeout as sleep } from 'node:timers/promises';
import { INTERPRETER_HINT, interpreterPath } from '../sim/interpreter/interpreter.ts';
import { createRogueBroker, packets, scripts } from '../sim/broker/rogue.ts';
import { createCountedChip, hasValgrind } from './countedChip.ts';
import type { Lab } from './lab.ts';
import { lampReports } from './lampReports.ts';
import { fromRam } from './lights.ts';
import { createMeteredChip } from './meteredChip.ts';
import { missingPrograms, programsOf, SHARED_TOPIC, type Ask, type Program } from './programs.ts';
import type { Table } from './table.ts';
import { serve } from './yesBroker.ts';

/** In the shorter run; the longer one has twice as many. */
const COMMANDS = 100;

/** From SUBSCRIBE to rest: what is retained is published by then. */
const SUBSCRIBED_MS = 1500;

const WORDS = ['on', 'off'];
const LEVELS = [128, 64].map((brightness) => JSON.stringify({ state: 'ON', brightness }));

/** Grants QoS 1 to so many filters; of the programs only ours looks at the packet identifier, and that is 1. */
const suback = (filters: number): string => packets.suback(1, ...Array.from({ length: filters }, () => 1));

/** Bytes as a literal in ASCII: the flash is written from a file in UTF-8. */
const literal = (bytes: string): string =>
  JSON.stringify(bytes).replace(/[\x80-\xff]/g, (char) => '\\x' + char.charCodeAt(0).toString(16));

/**
 * Goes before the program. The interpreter spins while it waits for the network, and its instructions would count: so its
 * socket is a real one, but the answers to CONNECT and SUBSCRIBE, and after each change of the lamp the next command, are put
 * into it from within. From SUBSCRIBE on its `write` is the native one.
 */
const feeder = ({ filters, isDeaf }: Program, commands: string[], count: number): string => `
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
global.granted=${literal((isDeaf ? '' : suback(filters)) + commands[0])};
global.commands=${JSON.stringify(commands)};
${lampReports('if(!--left)quit();else if(global.fed)setTimeout(feed,0)')}
`;

/** Instructions from power-on to the lamp's `count`-th change. */
async function instructionsFor(lab: Lab, program: Program, ask: Ask, count: number): Promise<number> {
  const payloads = ask === 'json' ? LEVELS : WORDS;
  const options = ask === 'qos1' ? { packetId: 1 } : {};
  const commands = payloads.map((payload) => packets.publish(SHARED_TOPIC, payload, options));
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

/** The longer run minus the shorter one, in thousands. */
async function thousandPerCommand(lab: Lab, program: Program, ask: Ask): Promise<number> {
  const counts = [COMMANDS, 2 * COMMANDS];
  const [short = 0, long = 0] = await Promise.all(counts.map((count) => instructionsFor(lab, program, ask, count)));
  await lab.clear();
  return (long - short) / COMMANDS / 1000;
}

/** Variables in use once it has subscribed, run from flash, minus those of an empty program. */
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

/** What to read where something is left out. */
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
  for (const ask of hasValgrind() ? program.asks : []) row[ask] = await thousandPerCommand(lab, program, ask);
  return row;
}

/** The table's columns, which the README's table has too. */
export const COST_COLUMNS: Table['columns'] = [
  { key: 'light', label: 'light' },
  { key: 'qos0', label: 'on/off, QoS 0' },
  { key: 'qos1', label: 'on/off, QoS 1' },
  { key: 'json', label: 'JSON brightness' },
  { key: 'variables', label: 'chip variables' },
  { key: 'bytes', label: 'bytes' },
];

/** Measures each light at hand. */
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
