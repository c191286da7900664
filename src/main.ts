// Composition root: the only place that touches the chip's globals. It wires the parts and exports nothing.
import { watchButton } from './button.ts';
import { createClientId } from './clientId.ts';
import { forgetWifi, loadSettings } from './config.ts';
import { createFade } from './fade.ts';
import { countBoot } from './info.ts';
import { createLed } from './led.ts';
import { createLight } from './light.ts';
import { createMqtt } from './mqtt.ts';
import type { Board, Wifi } from './ports.ts';
import { createPowerOn } from './powerOn.ts';
import { createRandomWord } from './random.ts';
import { createReports } from './reports.ts';
import { superviseWifi } from './wifi.ts';

/** Time for DISCONNECT to leave the board. */
const REBOOT_MS = 1_000;

const board: Board = {
  serial: getSerial(),
  kind: process.env.BOARD,
  storage: require('Storage'),
  net: require('net'),
  log: console.log,
  random: Math.random,
  setTimeout: setTimeout,
  clearTimeout: clearTimeout,
  getTime: getTime,
  pin: Pin,
  pinMode: pinMode,
  analogWrite: analogWrite,
  setWatch: setWatch,
  peek32: peek32,
};

const settings = loadSettings(board, BUILD_SETTINGS, function (text) {
  return E.isUTF8 && E.isUTF8(text) ? E.fromUTF8!(text) : text;
});
const show = createLed(board, board.pin(settings.pin)!, settings);

try {
  require('TelnetServer').setOptions({ mode: 'off' }); // a REPL without a password, on every stock board
} catch {
  // not in this build
}
board.log('boot light ' + VERSION + ' on ' + board.kind + ' as ' + settings.name);

const topic = 'light/' + settings.name;
const homeAssistantTopic = 'homeassistant/status';
const randomWord = createRandomWord(board);
const clientId = createClientId(board, randomWord);

const fade = createFade(board, show);
const powerOn = createPowerOn(board, settings.powerOn);

const light = createLight({
  fade: fade,
  log: board.log,
  dimmable: settings.dimmable,
  onChange: function () {
    reports.state();
    powerOn.remember(light.state);
  },
});

const mqtt = createMqtt(board, settings, {
  clientId: clientId,
  statusTopic: topic + '/status',
  topics: settings.topics.concat(topic + '/set', settings.homeAssistant ? homeAssistantTopic : []),
  onMessage: function (from, payload) {
    if (from !== homeAssistantTopic) light.command(payload);
    else if (payload === 'online') reports.welcome();
  },
  onDown: function (reason) {
    reports.lost(reason);
  },
  onReady: function (isConnected) {
    if (isConnected) reports.all();
    else reports.flush();
  },
});

let wifi: Wifi | undefined;
const reports = createReports({
  board: board,
  settings: settings,
  version: VERSION,
  boot: countBoot(board),
  topic: topic,
  publish: mqtt.publish,
  state: light.state,
  clientId: function () {
    return clientId(false);
  },
  memory: process.memory,
  wifi: function () {
    return wifi;
  },
});
light.command(powerOn.command());

if (settings.button) {
  watchButton(board, board.pin(settings.button)!, {
    onPress: function () {
      light.command('toggle');
    },
    onLongPress: function () {
      mqtt.stop(true);
      board.setTimeout(E.reboot, REBOOT_MS);
      forgetWifi(board);
    },
  });
}
if (settings.watchdogS) E.enableWatchdog(settings.watchdogS, true);

function onUp(): void {
  E.srand(randomWord()); // jitter that differs between boards, now that the radio makes it random
  if (settings.broker.length) mqtt.start();
  else board.log('no broker set: npm run flash -- --broker HOST');
}

function onDown(): void {
  reports.lost('wifi down');
  mqtt.stop(false);
}

try {
  wifi = require('Wifi');
} catch {
  // no Wi-Fi on this board: its network is not ours to join
}
if (wifi) superviseWifi({ wifi: wifi, board: board, network: settings.wifi, onUp: onUp, onDown: onDown });
else onUp();
