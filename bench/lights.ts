// Three things that a command can reach, with one face: the bundle on the virtual board, the bundle in the real interpreter,
// and a plain client in Node for comparison.

import mqtt from 'mqtt';
import { createVirtualBoard } from '../sim/board/board.ts';
import { createInterpreter, INTERPRETER_HINT, interpreterPath } from '../sim/interpreter/interpreter.ts';
import { createCounter, type Happened } from './counter.ts';
import type { Lab } from './lab.ts';
import { lampReports, watchLamp } from './lampReports.ts';

/** Longer than a connect takes, back-off after an outage of a second included, in milliseconds. */
const CONNECT_LIMIT_MS = 30_000;

/** What obeys commands. */
export interface Light {
  /** Subscribed to. */
  readonly topic: string;
  /** Waits for changes of the lamp since the last question. */
  changes(): Promise<Happened>;
  /** Waits until it has subscribed again, from now on. */
  subscribed(): Promise<void>;
  /** Ends it. */
  dispose(): void | Promise<void>;
}

/** A kind of them. */
export interface LightKind {
  readonly name: string;
  /** Starts one, and waits until it has subscribed. */
  start(lab: Lab, port: number, keepAliveS?: number): Promise<Light>;
}

const CONNECTED = /^mqtt connected/;

let made = 0;

/** A serial number, a name and a topic of its own for each. */
function identity() {
  made += 1;
  const serial = `be9c0000-${made.toString(16).padStart(4, '0')}`;
  return { serial, topic: `light/light-${serial.replace('-', '')}/set` };
}

const settingsFor = (broker: string, keepAliveS: number): object => ({
  wifi: { ssid: 'Home', password: 'secret-password' },
  broker,
  keepAliveS,
});

const virtualBoard: LightKind = {
  name: 'virtual board',
  async start(lab, port, keepAliveS = 30) {
    const { serial, topic } = identity();
    const config = settingsFor('broker', keepAliveS);
    const hosts = new Map([['broker', `127.0.0.1:${port}`]]);
    const board = lab.use(createVirtualBoard({ firmware: lab.firmware, serial, config, hosts }));
    const lamp = createCounter('change of the lamp');
    board.powerOn();
    await board.waitFor(CONNECTED, CONNECT_LIMIT_MS);
    board.pin('D5').onChange(lamp.add);
    const subscribed = (): Promise<void> => board.waitFor(CONNECTED, CONNECT_LIMIT_MS);
    return { topic, changes: lamp.next, subscribed, dispose: board.dispose };
  },
};

/**
 * The program, run from RAM. On a chip the flash is memory too; the interpreter for Linux opens a file for each 16 bytes of
 * a program in its flash, and is four times slower for that.
 */
export const fromRam = (program: string): string => `eval(""+${JSON.stringify(program)})`;

const realInterpreter: LightKind = {
  name: 'interpreter',
  async start(lab, port, keepAliveS = 30) {
    const { serial, topic } = identity();
    const settings = settingsFor(`127.0.0.1:${port}`, keepAliveS);
    const chip = lab.use(
      createInterpreter({ bundle: fromRam(lab.firmware), settings, serial, preamble: lampReports() }),
    );
    chip.powerOn();
    await chip.waitFor(CONNECTED, CONNECT_LIMIT_MS);
    const subscribed = async (): Promise<void> =>
      void (await chip.waitFor(CONNECTED, CONNECT_LIMIT_MS, chip.console.length));
    return { topic, changes: watchLamp(chip), subscribed, dispose: chip.dispose };
  },
};

const plainClient: LightKind = {
  name: 'plain mqtt client',
  async start(lab, port, keepAliveS = 30) {
    const { topic } = identity();
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { keepalive: keepAliveS });
    const dispose = (): Promise<void> => client.endAsync(true);
    lab.use({ dispose });
    const messages = createCounter('message');
    const subacks = createCounter('SUBACK');
    client.on('error', () => {}); // it reconnects by itself
    client.on('message', messages.add);
    client.on('packetreceive', ({ cmd }) => cmd === 'suback' && subacks.add());
    await client.subscribeAsync(topic, { qos: 1 });
    async function subscribed(): Promise<void> {
      subacks.clear();
      await subacks.next();
    }
    return { topic, changes: messages.next, subscribed, dispose };
  },
};

/** The kinds that this machine can run, the one to compare with first. */
export function lightKinds(): LightKind[] {
  return [plainClient, virtualBoard, ...(interpreterPath() ? [realInterpreter] : [])];
}

/** What to read where a kind is left out. */
export function missingLights(): string[] {
  return interpreterPath() ? [] : [`real interpreter left out: it ${INTERPRETER_HINT}`];
}
