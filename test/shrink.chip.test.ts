// The pass that saves chip variables, shown in the real interpreter: the same light, before and after.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import mqtt from 'mqtt';
import { shrink } from '../build/shrink.mjs';
import { EVERY_MESSAGE, FEW_MESSAGES } from '../build/shrink/hot.mjs';
import { createInterpreter, INTERPRETER_HINT, interpreterPath } from '../sim/interpreter.ts';
import { createMosquitto, mosquittoAvailable, type Mosquitto } from '../sim/mosquitto.ts';

const SOURCES = new URL('../src/', import.meta.url);
const TOPIC = 'home/bedroom/light';

/** The firmware in one file, as the pass gets it. */
async function bundle(): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(new URL('main.ts', SOURCES))],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'neutral',
    target: 'es2015',
    external: ['net', 'Storage', 'TelnetServer', 'Wifi'],
    define: { BUILD_SETTINGS: '{}', VERSION: '"0.0.0"' },
  });
  return outputFiles[0]!.text;
}

const minify = async (code: string): Promise<string> =>
  (await esbuild.transform(code, { format: 'cjs', minifyWhitespace: true, minifyIdentifiers: true, treeShaking: true }))
    .code;

describe('shrink', () => {
  it('knows the functions that messages run through by their names', () => {
    const sources = readdirSync(SOURCES).map((name) => readFileSync(new URL(name, SOURCES), 'utf8'));
    const unknown = [...EVERY_MESSAGE, ...FEW_MESSAGES].filter(
      (name) => !sources.some((source) => source.includes(`function ${name}(`)),
    );
    assert.deepEqual(unknown, []);
  });
});

describe('the firmware in the real interpreter', { skip: missing() }, () => {
  let mosquitto: Mosquitto;
  let client: mqtt.MqttClient;

  before(async () => {
    mosquitto = await createMosquitto();
    client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mosquitto.port}`);
  });

  after(async () => {
    await client.endAsync(true);
    await mosquitto.dispose();
  });

  /** Boots, obeys, and tells how many variables are in use then. */
  async function usedBy(program: string): Promise<number> {
    const settings = { wifi: { ssid: 'Home' }, broker: `127.0.0.1:${mosquitto.port}` };
    const board = createInterpreter({ bundle: program, settings });
    try {
      board.powerOn();
      await board.waitFor(/^mqtt connected as /);
      for (const word of ['on', 'off', '{"state":"ON","brightness":9}', 'toggle']) {
        const from = board.console.length;
        await client.publishAsync(TOPIC, word, { qos: 1 });
        await board.waitFor(/^light (on|off)/, 10_000, from);
      }
      assert.deepEqual(
        board.pinWrites.slice(-4).map(({ duty }) => duty > 0),
        [true, false, true, false],
      );
      board.type('print("USED="+process.memory().usage)');
      return Number((await board.waitFor(/^USED=\d/)).slice('USED='.length));
    } finally {
      await board.dispose();
    }
  }

  it('does the same with a third fewer variables', async (t) => {
    const written = await bundle();
    const [plain, small] = [await usedBy(await minify(written)), await usedBy(await minify(shrink(written).code))];
    t.diagnostic(`${plain} variables in use after subscribing and obeying, ${small} after the pass`);
    assert.ok(small < 0.7 * plain, `${small} of ${plain} variables`);
  });
});

function missing(): string | false {
  if (!interpreterPath()) return INTERPRETER_HINT;
  return mosquittoAvailable() ? false : 'install mosquitto';
}
