// The receivers of commands that are compared, behind one interface: the bundle on the virtual board, the bundle in the real
// interpreter, and a plain client in Node.

import mqtt from 'mqtt';
import { createVirtualBoard } from '../sim/board/board.ts';
import { createInterpreter, INTERPRETER_HINT, interpreterPath } from '../sim/interpreter/interpreter.ts';
import { createCounter, type Count } from './counter.ts';
import type { Lab } from './lab.ts';
import { lampReports, watchLamp } from './lampReports.ts';

/** Longer than a connect takes, with the back-off after an outage of a second. */
const CONNECT_LIMIT_MS = 30_000;

/** A receiver of commands. */
export interface Light {
  /** Its command topic. */
  readonly topic: string;
  /** Waits for a change of the lamp, and counts the changes since the last call. */
  changes(): Promise<Count>;
  /** Waits until it has subscribed again, after the call. */
  subscribed(): Promise<void>;
  dispose(): void | Promise<void>;
}

/** A kind of receiver. */
export interface LightKind {
  readonly name: string;
  /** Starts one, and waits until it has subscribed. */
  start(lab: Lab, port: number, keepAliveS?: number): Promise<Light>;
}

const CONNECTED = /^mqtt connected/;

let made = 0;

/** Makes a serial number, and the command topic that the firmware derives from it. */
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
 * Makes a program run from RAM. On a chip the flash is memory too, but the interpreter for Linux opens a file for each 16 bytes of
 * a program in its flash, which makes it four times slower.
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

/** Lists the kinds that this machine can run, the plain client first. */
export function lightKinds(): LightKind[] {
  return [plainClient, virtualBoard, ...(interpreterPath() ? [realInterpreter] : [])];
}

/** Notes for a table without the real interpreter. */
export function missingLights(): string[] {
  return interpreterPath() ? [] : [`real interpreter left out: it ${INTERPRETER_HINT}`];
}
