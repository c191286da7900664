// Composition root: the only place that touches the chip's globals. It wires the parts and exports nothing.
import { createClientId } from './clientId.ts';
import { loadSettings } from './config.ts';
import { createLed } from './led.ts';
import { createLight } from './light.ts';
import { createMqtt } from './mqtt.ts';
import type { Wifi } from './ports.ts';
import { createRandomWord } from './random.ts';
import { superviseWifi } from './wifi.ts';

/** What the parts see of the board. */
const board = {
  serial: getSerial(),
  kind: process.env.BOARD,
  storage: require('Storage'),
  net: require('net'),
  setTimeout: setTimeout,
  clearTimeout: clearTimeout,
  getTime: getTime,
  pin: Pin,
  peek32: peek32,
  random: Math.random,
  log: console.log,
};

const settings = loadSettings(board, BUILD_SETTINGS, function (text) {
  return E.isUTF8 && E.isUTF8(text) ? E.fromUTF8!(text) : text;
});
const led = createLed(Pin(settings.pin)!, settings.activeLow);

try {
  require('TelnetServer').setOptions({ mode: 'off' }); // a REPL without a password, on every stock board
} catch {
  // not in this build
}

const ownTopic = 'light/' + settings.name;
const commandTopics = settings.topics.concat(ownTopic + '/set');
const randomWord = createRandomWord(board);

const light = createLight(led, board.log, function (state) {
  return mqtt.publish(ownTopic + '/state', state);
});

const mqtt = createMqtt(board, settings, {
  clientId: createClientId(board, randomWord),
  statusTopic: ownTopic + '/status',
  topics: commandTopics,
  onMessage: function (topic, payload) {
    if (commandTopics.indexOf(topic) >= 0) light.command(payload);
  },
  onReady: light.report,
});

function onUp(): void {
  E.srand(randomWord()); // jitter that differs between boards, now that the radio makes it random
  if (settings.broker.length) mqtt.start();
  else board.log('no broker set: npm run flash -- --broker HOST');
}

board.log('boot light ' + VERSION + ' on ' + board.kind + ' as ' + settings.name);
let wifi: Wifi | undefined;
try {
  wifi = require('Wifi');
} catch {
  // no Wi-Fi on this board: its network is not ours to join
}
if (wifi) superviseWifi({ wifi: wifi, board: board, network: settings.wifi, onUp: onUp, onDown: mqtt.stop });
else onUp();
