// Commands for lights, and the truth about them: a command has worked when its light reports so.

import { ANSWER_MS, type Command, type Light } from '../../page/protocol.ts';
import { listed } from '../doctor/finding.ts';
import { printable } from '../printable.ts';
import type { BrokerLink } from './brokerLink.ts';

/** What is reported of a light, as far as commands change it. */
type Lamp = Pick<Light, 'isOn' | 'level'>;

/** Whether a light reports what was asked for. A relay has no level. */
function hasObeyed(lamp: Lamp | undefined, { state, brightness }: Command): boolean {
  if (!lamp) return false;
  const isLevel = brightness === undefined || lamp.level === undefined || lamp.level === brightness;
  return isLevel && lamp.isOn === (state !== 'OFF');
}

/** Creates what sends commands. @param lampOf the latest report of a light */
export function createCommands(publish: BrokerLink['publish'], lampOf: (name: string) => Lamp | undefined) {
  /** By light; a newer command takes the place of an older one, whose report will not come. */
  const waiting = new Map<string, { command: Command; done(): void }>();

  /** Sends a command, and waits for the report. */
  async function send(name: string, command: Command): Promise<boolean> {
    waiting.get(name)?.done();
    const text = JSON.stringify(command);
    let timer: NodeJS.Timeout | undefined;
    const obeyed = new Promise<boolean>((resolve) => {
      waiting.set(name, { command, done: () => resolve(true) });
      timer = setTimeout(() => resolve(false), ANSWER_MS);
    });
    try {
      await publish(`light/${name}/set`, text);
      reported(name);
      return await obeyed;
    } finally {
      clearTimeout(timer);
      if (waiting.get(name)?.command === command) waiting.delete(name);
    }
  }

  /** A light has reported something. */
  function reported(name: string): void {
    const wait = waiting.get(name);
    if (wait && hasObeyed(lampOf(name), wait.command)) wait.done();
  }

  return {
    reported,
    /**
     * Sends a command to each light.
     * @throws Error naming those that have not reported in time
     */
    async sendAll(names: string[], command: Command): Promise<void> {
      const results = await Promise.all(names.map((name) => send(name, command)));
      const silent = names.filter((_, at) => !results[at]).map((name) => printable(name));
      if (silent.length > 0) throw new Error(`no answer within ${ANSWER_MS / 1000} s: ${listed(silent)}`);
    },
  };
}
