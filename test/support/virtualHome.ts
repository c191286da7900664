// One virtual board, a model broker and a network that can be planned, all on virtual time.

import assert from 'node:assert/strict';
import { createVirtualBoard, type BoardOptions } from '../../sim/board/board.ts';
import { createModelBroker, type ModelBrokerOptions } from '../../sim/broker/model.ts';
import { createNetwork } from '../../sim/network/fate.ts';
import { createVirtualTime } from '../../sim/time/virtualTime.ts';
import { levelOf } from './curve.ts';

/** Printed when a light does not obey. */
const CONSOLE_LINES = 25;

/** How often a command is sent until the light obeys. */
const AGAIN_MS = 5_000;

type Report = Record<string, string | number | null>;

/** Creates a board without power. @param settings those of the light that the home itself uses */
export function createVirtualHome(
  settings: { name: string; topics: string[] },
  options: BoardOptions,
  traits: Partial<ModelBrokerOptions> = {},
) {
  const time = createVirtualTime();
  const broker = createModelBroker({ time, identifiers: 'rising', window: 20, ...traits });
  const network = createNetwork(time, broker.accept);
  const board = createVirtualBoard({
    ...{ time, serial: 'c0ffee00-0001', ip: '192.168.1.20', hardwareSeed: 1 },
    connectTcp: () => network.connectTcp(),
    ...options,
  });
  const level = (): number => levelOf(board.pin('D5').duty());
  const tail = (): string => board.console.slice(-CONSOLE_LINES).join('\n');

  return {
    ...{ time, broker, network, board, level, tail },
    /** The retained JSON of `light/<name>/<leaf>`, or an empty object. */
    read: (leaf: string) => JSON.parse(broker.retained.get(`light/${settings.name}/${leaf}`) ?? '{}') as Report,
    /** Sends a command every five seconds until the lamp has the level; gives the milliseconds it took. */
    obey(payload: string, wanted: number, limitMs = 120_000): number {
      const fromMs = time.nowMs();
      while (level() !== wanted) {
        assert.ok(time.nowMs() - fromMs < limitMs, `${payload} not obeyed\n${tail()}`);
        broker.publish({ topic: settings.topics[0]!, payload, qos: 0 });
        time.advance(AGAIN_MS);
      }
      return time.nowMs() - fromMs;
    },
  };
}
