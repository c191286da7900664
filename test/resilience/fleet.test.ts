// Many nodes whose broker dies: they come back one by one, not in lockstep.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBroker } from '../../sim/broker/embedded.ts';
import { createHouse } from '../../sim/house.ts';
import { FIRMWARE } from '../support/firmware.ts';

const NODES = 300;

/** Slow: a computer with two cores has to make 300 connections in a chip second. */
const SPEED = 4;

const OUTAGE_S = 5;
const LIMIT_S = 90;

/** Without a seed, as in the bare interpreter, every board draws the same random numbers at every boot. */
const UNSEEDED = `E.srand = function () {};\n${FIRMWARE}`;

/** A log line about a connect or a loss, and when, in chip seconds after the end of the broker. */
interface News {
  atS: number;
  line: string;
}

/** The attempts to connect, refused or not. */
const attemptsIn = (news: News[]): News[] => news.filter(({ line }) => !/closed|lost/.test(line));

/** Connects all nodes to one broker, kills it and, if wanted, starts it again; gives the log. */
async function blackout(firmware: string, comesBack: boolean): Promise<News[]> {
  const broker = createBroker();
  const port = await broker.start();
  const house = createHouse({ speed: SPEED });
  const config = { wifi: { ssid: 'Home', password: 'secret-password' }, broker: `127.0.0.1:${port}`, keepAliveS: 10 };
  const news: News[] = [];
  let diedMs = Infinity;
  const noteLine = (line: string): void => {
    if (line.startsWith('mqtt')) news.push({ atS: ((performance.now() - diedMs) / 1000) * SPEED, line });
  };
  const chipS = (seconds: number): Promise<void> => sleep((seconds * 1000) / SPEED);
  async function allConnected(): Promise<void> {
    const count = (): number => news.filter(({ line }) => /connected/.test(line)).length;
    for (let s = 0; count() < NODES; s += 1, await chipS(1))
      assert.ok(s < LIMIT_S, `only ${count()} nodes after ${s} s`);
  }

  for (let at = 0; at < NODES; at += 1) house.board({ firmware, config, onLine: noteLine });
  try {
    await allConnected();
    await chipS(6); // every session has seen its first PINGREQ, half a keep alive
    news.length = 0;
    diedMs = performance.now();
    await broker.kill();
    await chipS(OUTAGE_S);
    if (!comesBack) return news;
    await broker.start();
    await allConnected();
  } finally {
    house.dispose();
    await broker.stop();
  }
  return news;
}

/** Draws the attempts per second as bars. */
function histogram(attempts: News[]): string {
  const seconds = attempts.map(({ atS }) => Math.floor(atS));
  const bars = Array.from({ length: Math.max(...seconds) + 1 }, (_, second) => {
    const count = seconds.filter((each) => each === second).length;
    return `${String(second).padStart(3)} s ${'#'.repeat(Math.ceil(count / 5))} ${count}`;
  });
  return ['attempts after the end of the broker:', ...bars].join('\n');
}

/** The largest number of boards that log the same wait before their first attempt, to a tenth of a second. */
function largestGroup(news: News[]): number {
  const waits = news.filter(({ line }) => /closed|lost/.test(line)).map(({ line }) => /retry in .*/.exec(line)?.[0]);
  return Math.max(...waits.map((wait) => waits.filter((other) => other === wait).length));
}

describe(`${NODES} nodes whose broker dies for ${OUTAGE_S} s`, () => {
  test('come back one by one, all within 90 s', async (t) => {
    const news = await blackout(FIRMWARE, true);
    const attempts = attemptsIn(news);
    t.diagnostic(histogram(attempts));
    assert.ok(largestGroup(news) < NODES / 5, `${largestGroup(news)} nodes wait equally long`);
    const backS = attempts.filter(({ line }) => /connected/.test(line)).map(({ atS }) => atS - OUTAGE_S);
    assert.ok(Math.max(...backS) < LIMIT_S);
    const median = backS.sort((a, b) => a - b)[NODES / 2] as number;
    t.diagnostic(
      `back ${median.toFixed(1)} s after the broker in the median, the last after ${backS.at(-1)?.toFixed(1)} s`,
    );
  });

  test('would come in lockstep with the generator unseeded', async (t) => {
    const news = await blackout(UNSEEDED, false);
    t.diagnostic(histogram(attemptsIn(news)));
    const group = largestGroup(news); // a busy computer holds some of them up
    assert.ok(group > NODES / 2, `${group} nodes wait equally long`);
  });
});
