// Shows the console of a board, which the board sends for ten minutes after a signed request.

import { acknowledged } from '../broker.ts';
import { createLineSplitter } from '../console.ts';
import type { Report } from '../report.ts';
import { failure } from './exits.ts';
import type { BoardWork, Fleet } from './fleet.ts';
import { before, refusal, wordSince } from './outcome.ts';
import { requestMessage } from './wire.ts';

/**
 * Shows it until the ten minutes are over, or Ctrl-C.
 * @throws Failure declined
 */
export async function showLog(fleet: Fleet, { light, report }: BoardWork, screen: Report): Promise<void> {
  const { client } = fleet;
  const topic = `light/${light.name}/log`;
  const then = before(light);
  let lines = 0;
  const split = createLineSplitter((line) => {
    lines += 1;
    report.log(line);
    fleet.lights.look();
  });
  client.on('message', (from, payload) => {
    if (from === topic) split(`${payload.toString('latin1')}\n`);
  });
  const granted = client.subscribeAsync(topic, { qos: 0 }).catch(() => {
    throw failure('refused', `the broker does not let this user read ${topic}`);
  });
  const { limits, signal } = fleet;
  await acknowledged(granted, { limitMs: limits.answerMs, signal, words: 'the broker does not answer any more' });
  const refused = () => {
    const word = wordSince(light, then);
    return typeof word === 'object' ? word : undefined;
  };
  const request = (counter: number, keys: Parameters<typeof requestMessage>[2]) => requestMessage('log', counter, keys);
  const reaction = await fleet.ask(light, request, () => refused() ?? (lines > 0 ? 'lines' : undefined));
  if (typeof reaction === 'object') throw refusal(reaction.refused);
  screen.say('Ctrl-C ends it');
  await fleet.lights.wait(() => undefined, fleet.limits.logMs, fleet.signal);
}
