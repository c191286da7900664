// Composition root: the only place that touches the chip's globals. It makes the board of them and exports nothing.
import { createNode } from './node.ts';
import { createSettings } from './config.ts';
import { ERROR_ROOM_BYTES } from './health.ts';
import { toBytes } from './bytes.ts';
import type { Board, Wifi } from './board.ts';

// the global object has the rest: properties of an object of our own would cost variables
const board: Board = Object.assign(global, {
  serial: getSerial(),
  kind: process.env.BOARD,
  storage: require('Storage'),
  net: require('net'),
  log: console.log,
  random: Math.random,
  pin: Pin,
});

if (board.storage.getFree() > ERROR_ROOM_BYTES) E.setFlags({ onErrorSave: 1 }); // with less room, its write would compact
const settings = createSettings(board, BUILD_SETTINGS, function (text) {
  return toBytes(E, text);
});

try {
  require('TelnetServer').setOptions({ mode: 'off' }); // a REPL without a password, on every stock board
} catch {
  // not in this build
}
board.log('boot light ' + VERSION + ' on ' + board.kind + ' as ' + settings.name);

let wifi: Wifi | undefined;
try {
  wifi = require('Wifi');
} catch {
  // no Wi-Fi on this board: its network is not ours to join
}
createNode(board, settings, wifi, VERSION);

// the factories have done their work: let go of their variables
Object.keys(global).forEach(function (name) {
  if (name.substr(0, 6) === 'create') delete global[name];
});
