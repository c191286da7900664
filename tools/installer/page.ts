// The texts of the page: its manifest for ESP Web Tools, and its HTML.

import { createHash } from 'node:crypto';
import { escaped } from '../markup.ts';
import type { Build } from './builds.ts';

/** Folder of ESP Web Tools in the page. */
export const WEB_TOOLS_FOLDER = 'esp-web-tools';

const pathOf = (build: Build, name: string): string => `${build.folder}/${name}`;

/** What differs from page to page. */
export interface PageOptions {
  /** Of the light. */
  version: string;
  /** How the board gets its settings. */
  setUp: 'done' | 'Improv';
}

/** What is left to do when the light is on the board. */
const NEXT: Record<PageOptions['setUp'], string> = {
  done: 'The light joins its Wi-Fi by itself.',
  Improv: 'Press Next and give the light your Wi-Fi, then Visit Device and give it your MQTT broker.',
};

/** Makes the manifest. */
export function manifestOf(builds: Build[], { version, setUp }: PageOptions): string {
  const manifest = {
    // Not what the light tells by Improv: then ESP Web Tools would call it an update, which keeps nothing either.
    name: 'Espruino light',
    version,
    // Where Improv is off nobody answers: do not wait.
    ...(setUp === 'Improv' ? {} : { new_install_improv_wait_time: 0 }),
    builds: builds.map((build) => ({
      chipFamily: build.chip,
      parts: build.parts.map(({ name, address }) => ({ path: pathOf(build, name), offset: address })),
    })),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const rowsOf = (build: Build): string[] =>
  build.parts.map(({ name, address, bytes }) => {
    const sum = createHash('sha256').update(bytes).digest('hex');
    return `<tr><td>${escaped(pathOf(build, name))}</td><td>0x${address.toString(16)}</td><td><code>${sum}</code></td></tr>`;
  });

const STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; font-size: 0.8rem; }
      th, td { text-align: left; padding: 0.2rem 0.8rem 0.2rem 0; }
      td code { overflow-wrap: anywhere; }`;

/** The page loads nothing from elsewhere. */
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/** Makes the page. */
export function htmlOf(builds: Build[], { version, setUp }: PageOptions): string {
  const chips = builds.map(({ chip }) => escaped(chip)).join(', ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
    <title>Install the Espruino light</title>
    <link rel="icon" href="data:," />
    <style>
      ${STYLE}
    </style>
    <script type="module" src="${WEB_TOOLS_FOLDER}/install-button.js"></script>
  </head>
  <body>
    <h1>Install the Espruino light</h1>
    <p>This puts Espruino and the light ${escaped(version)} on a board. Boards: ${chips}, with 4 MB of flash or more.</p>
    <p><strong>Everything on the board is erased.</strong></p>
    <ol>
      <li>Plug the board in with a USB cable that carries data.</li>
      <li>Press Connect and choose the port of the board. If it does not answer, hold BOOT meanwhile.</li>
      <li>Choose Install, and wait for two minutes.</li>
      <li>${escaped(NEXT[setUp])}</li>
    </ol>
    <esp-web-install-button manifest="manifest.json">
      <span slot="unsupported">This browser cannot reach serial ports: use Chrome or Edge on a computer.</span>
      <span slot="not-allowed">Browsers reach serial ports only from https:// pages and from localhost.</span>
    </esp-web-install-button>
    <h2>What is installed</h2>
    <table>
      <tr><th>file</th><th>address</th><th>SHA-256</th></tr>
      ${builds.flatMap(rowsOf).join('\n      ')}
    </table>
  </body>
</html>
`;
}
