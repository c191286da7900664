// The help text of the installer.

import { row, settingLines } from '../settingFlags.ts';

/** `npm run installer -- --help` */
export function installerHelp(): string {
  return [
    'npm run installer -- --interpreter FILE.zip --out DIR [--serve [PORT]]',
    '',
    'Writes a page with which Chrome or Edge puts Espruino and the light on a board, in one go.',
    '',
    row('--interpreter FILE', 'Espruino’s release: its .zip, or its unpacked folder'),
    row('--out DIR', 'folder for the page, which can be published as it is'),
    row('--serve [PORT]', 'serve it to this computer alone, port 8080, until Ctrl-C'),
    row('--bundle FILE', 'program to install, dist/firmware.js'),
    row('--publish-settings', 'put settings into the page: whoever opens it can read your passwords'),
    '',
    'Settings, with --publish-settings',
    row('--config FILE', 'JSON with the keys of light.json'),
    ...settingLines(),
    '',
    'Exit codes: 0 written, 2 wrong arguments or archive, 8 the light does not fit, 1 a defect of this tool',
  ].join('\n');
}
