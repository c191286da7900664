// The help texts of flash and monitor.

import { row, settingLines } from '../settingFlags.ts';
import { EXIT_HELP } from './exits.ts';

/** `npm run flash -- --help` */
export function flashHelp(): string {
  return [
    'npm run flash -- [--port PATH]… --wifi-ssid NAME --broker HOST [settings]',
    '',
    'Takes ESP32 boards that run Espruino to a working light, and says so only when it is true.',
    'Without --port, the only port that looks like an ESP32 is used.',
    '',
    'Boards',
    row('--port PATH', 'serial port, or tcp://HOST:PORT; repeat it for several boards at once'),
    row('--all', 'every port that looks like an ESP32'),
    row('--list', 'list the ports'),
    row('--baud N', 'console speed, 115200'),
    row('--force', 'write to boards that are no ESP32 as well'),
    '',
    'What to do',
    row('--interpreter FILE', 'put the interpreter on a bare chip first: Espruino’s .zip, or its unpacked folder'),
    row('--label FILE.svg', 'write a label: name, and the QR code of its access point in set-up mode'),
    row('--wait', 'relay the board’s log until MQTT is connected'),
    row('--keep-config', 'update the program alone'),
    row('--show', 'show the board’s program, settings and free Storage, secrets masked; changes nothing'),
    row('--erase', 'erase everything: back to a bare interpreter; takes no settings'),
    row('--bundle FILE', 'program to flash, dist/firmware.js'),
    row('--master-key FILE', 'the key that updates are signed with, light-master.key; made when there is none'),
    row('--acl FILE', 'give the light a section in this ACL file of mosquitto: its own topics, by its --username'),
    '',
    'Settings (flags win over the file)',
    row('--config FILE', 'JSON with the keys of light.json'),
    ...settingLines(),
    'A password that is neither given nor in the environment is asked for.',
    '',
    'Exit codes (of the first board that failed)',
    EXIT_HELP,
  ].join('\n');
}

/** `npm run monitor -- --help` */
export function monitorHelp(): string {
  return [
    'npm run monitor -- [--port PATH]…',
    '',
    'Shows the console of one or more boards until Ctrl-C; comes back by itself when a board was unplugged.',
    '',
    row('--port PATH', 'serial port, or tcp://HOST:PORT; without it the only port that looks like an ESP32'),
    row('--baud N', 'console speed, 115200'),
  ].join('\n');
}
