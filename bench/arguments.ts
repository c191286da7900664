// Reads the command line of `npm run bench`.

import { parseFlags } from '../tools/flags.ts';
import { failure } from '../tools/failure.ts';

/** The measurements, in their order. */
export const SECTIONS = ['latency', 'throughput', 'reconnect', 'costs', 'growth'] as const;

/** One measurement; it prints one table. */
export type Section = (typeof SECTIONS)[number];

/** Options of a run. */
export interface BenchArguments {
  /** In the order of SECTIONS. */
  sections: Section[];
  isQuick: boolean;
  isJson: boolean;
  /** File of a bundle other than that of `npm run build`. */
  firmware: string | undefined;
  /** File with the text of Espruino's tinyMQTT module. */
  tinyMqtt: string | undefined;
  /** File with the text of Espruino's MQTT module. */
  mqttModule: string | undefined;
}

/** The text of `--help`. */
export const HELP = `Usage: npm run bench -- [options]

Measures dist/firmware.js: on the virtual board, and on the real interpreter where ESPRUINO names it or espruino-linux is on
the PATH; against the embedded broker (aedes), and against mosquitto where it is installed. Takes up to five minutes.

  --quick            fewer runs, shorter ones: a rough picture in about a minute
  --only SECTION     only this table; may be given several times: ${SECTIONS.join(', ')}
  --firmware FILE    another bundle, to compare
  --tinymqtt FILE    also measures a light on Espruino's tinyMQTT module, whose text is in FILE
                     (https://www.espruino.com/modules/tinyMQTT.min.js)
  --mqtt-module FILE also measures a light on Espruino's MQTT module
                     (https://www.espruino.com/modules/MQTT.min.js)
  --json             the figures as JSON instead of tables
  --help             this text

Exit codes: 0 measured, 1 a measurement failed, 2 wrong usage, 130 interrupted. Figures never make it fail.
`;

function section(text: string): Section {
  const found = SECTIONS.find((name) => name === text);
  if (!found) throw failure('badArguments', `--only ${text} is unknown; choose from ${SECTIONS.join(', ')}`);
  return found;
}

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Failure badArguments
 */
export function parseArguments(argv: string[]): BenchArguments | undefined {
  const values = parseFlags(argv, {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    firmware: { type: 'string' },
    tinymqtt: { type: 'string' },
    'mqtt-module': { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  if (values.help) return undefined;
  const wanted = values.only.map(section);
  return {
    sections: SECTIONS.filter((name) => wanted.length === 0 || wanted.includes(name)),
    isQuick: values.quick,
    isJson: values.json,
    firmware: values.firmware,
    tinyMqtt: values.tinymqtt,
    mqttModule: values['mqtt-module'],
  };
}
