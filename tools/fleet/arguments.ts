// Reads the command line of `npm run fleet`.

import { availableParallelism } from 'node:os';
import { address, parseFlags, wholeNumber, type Address } from '../flags.ts';
import { EXIT_HELP, failure } from './exits.ts';

/** Each takes some 0.5 MB, and its sockets a file descriptor each. */
const MAX_NODES = 20_000;
const MAX_BROKERS = 8;
const MAX_WORKERS = 64;
const MAX_SPREAD_S = 3600;

/** Lights a second that even a small cluster lets in, and the longest spread with which all are back within two minutes. */
const LIGHTS_PER_SECOND = 50;
const LONGEST_USUAL_SPREAD_S = 60;

/** What can be played, in this order. */
export const ACTS = ['power', 'kill', 'rolling', 'dark'] as const;

/** The name of an act. */
export type ActName = (typeof ACTS)[number];

/** Clusters that the tool can start. */
const CLUSTERS = ['rabbitmq', 'nats'] as const;

/** What was asked for. */
export interface FleetOrder {
  nodes: number;
  /** Somebody's brokers; empty with a cluster. */
  brokers: Address[];
  cluster: (typeof CLUSTERS)[number] | undefined;
  acts: ActName[];
  /** The picture; the JSON goes next to it. */
  out: string | undefined;
  workers: number;
  spreadS: number;
  keepAliveS: number;
  /** How long a killed node, and the whole cluster, stay away. */
  downS: number;
  darkS: number;
  /** How long the brokers may refuse a command, seconds. */
  patienceS: number;
}

/** The text of `--help`. */
export const HELP = `Usage: npm run --silent fleet -- --nodes N (--cluster ${CLUSTERS.join('|')} | --broker HOST:PORT …) [options]

Runs N virtual lights with the real firmware on a cluster of brokers, lets nodes of it die, and checks how the lights come back.

  --nodes N            how many lights, 1-${MAX_NODES}
  --cluster NAME       start three nodes of ${CLUSTERS.join(' or ')} on this computer, and end them afterwards
  --broker HOST:PORT   use your own instead; repeatable. They are left alone: their end is played by cutting the lights' connections
  --remote             allow brokers that are not on this computer
  --acts LIST          of ${ACTS.join(',')} (default: all)
  --out FILE.svg       write the picture there, and the figures next to it as JSON
  --spread S           the lights' setting spreadS (default: nodes / ${LIGHTS_PER_SECOND}, at most ${LONGEST_USUAL_SPREAD_S})
  --keep-alive S       the lights' setting keepAliveS (default 30)
  --down S             how long a killed node stays away (default 20)
  --dark S             how long the whole cluster stays away (default 60)
  --patience S         how long the brokers may refuse a command, half of it without a PUBACK (default 120)
  --workers N          processes for the lights (default: one per core)
  --help               this text

Ctrl-C ends everything.

Exit codes
${EXIT_HELP}
`;

function actsOf(list: string | undefined): ActName[] {
  if (list === undefined) return [...ACTS];
  const names = list.split(',');
  const wrong = names.find((name) => !(ACTS as readonly string[]).includes(name));
  if (wrong !== undefined)
    throw failure('badArguments', `--acts wants some of ${ACTS.join(',')}, not ${JSON.stringify(wrong)}`);
  return ACTS.filter((name) => names.includes(name));
}

function brokersOf(texts: string[], isRemoteAllowed: boolean): FleetOrder['brokers'] {
  const brokers = texts.map(address);
  if (brokers.length > MAX_BROKERS) throw failure('badArguments', `a light knows at most ${MAX_BROKERS} brokers`);
  if (new Set(texts).size < texts.length) throw failure('badArguments', 'the same --broker twice');
  const away = brokers.find(({ host }) => !/^(127\.\d+\.\d+\.\d+|localhost)$/.test(host));
  if (away && !isRemoteAllowed)
    throw failure('badArguments', `${away.host} is another computer: add --remote if you may put this load on it`);
  return brokers;
}

function clusterOf(name: string | undefined): FleetOrder['cluster'] {
  const known = CLUSTERS.find((each) => each === name);
  if (name !== undefined && !known) throw failure('badArguments', `--cluster wants ${CLUSTERS.join(' or ')}`);
  return known;
}

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Failure badArguments
 */
export function parseArguments(argv: string[]): FleetOrder | undefined {
  const text = { type: 'string' } as const;
  const values = parseFlags(argv, {
    ...{ nodes: text, cluster: text, acts: text, out: text, spread: text, workers: text },
    ...{ 'keep-alive': { ...text, default: '30' }, down: { ...text, default: '20' }, dark: { ...text, default: '60' } },
    patience: { ...text, default: '120' },
    broker: { type: 'string', multiple: true, default: [] as string[] },
    remote: { type: 'boolean', default: false },
  });
  if (values.help) return undefined;
  if (values.nodes === undefined) throw failure('badArguments', 'how many lights? --nodes N (see --help)');
  const nodes = wholeNumber(values.nodes, '--nodes', 1, MAX_NODES);
  const cluster = clusterOf(values.cluster);
  const brokers = brokersOf(values.broker, values.remote);
  if ((cluster === undefined) === (brokers.length === 0))
    throw failure('badArguments', 'which brokers? Either --cluster NAME or --broker HOST:PORT (see --help)');
  if (values.out !== undefined && !values.out.endsWith('.svg'))
    throw failure('badArguments', '--out wants a file name with .svg');
  const usualSpreadS = Math.min(LONGEST_USUAL_SPREAD_S, Math.ceil(nodes / LIGHTS_PER_SECOND));
  return {
    ...{ nodes, brokers, cluster, acts: actsOf(values.acts), out: values.out },
    workers: Math.min(
      nodes,
      wholeNumber(values.workers ?? String(availableParallelism()), '--workers', 1, MAX_WORKERS),
    ),
    spreadS: wholeNumber(values.spread ?? String(usualSpreadS), '--spread', 1, MAX_SPREAD_S),
    keepAliveS: wholeNumber(values['keep-alive'], '--keep-alive', 5, 3600),
    downS: wholeNumber(values.down, '--down', 1, 3600),
    darkS: wholeNumber(values.dark, '--dark', 1, 3600),
    patienceS: wholeNumber(values.patience, '--patience', 1, 3600),
  };
}
