// The node: wires the parts, and holds the policy of who hears what.
import { BEAT_S } from './beat.ts';
import { createButton } from './button.ts';
import { createClientId } from './clientId.ts';
import { forgetWifi, type Settings } from './config.ts';
import { createFade } from './fade.ts';
import { createHealth, Restart, restartWords } from './health.ts';
import { ESP32_RESET_STATE, infoMessage, ResetCause } from './info.ts';
import { createLed, FULL } from './led.ts';
import { createLight } from './light.ts';
import { createMqtt } from './mqtt.ts';
import type { Board, Wifi } from './board.ts';
import { createPowerOn, type Lamp } from './powerOn.ts';
import { createRandomWord } from './random.ts';
import { createReports } from './reports.ts';
import type { MqttClient } from './session.ts';
import { createWrite } from './store.ts';
import { createStation } from './wifi.ts';

const HOME_ASSISTANT_TOPIC = 'homeassistant/status';

/** Home Assistant has restarted: a fleet answers over this time. */
const BIRTH_MS = 10_000;

/**
 * Creates a node that runs. The lamp is the first thing that it touches.
 * @param wifi absent where the network is not ours to join
 */
export function createNode(board: Board, settings: Settings, wifi: Wifi | undefined, version: string): void {
  const topic = 'light/' + settings.name;
  const write = createWrite(board.storage, board.log);
  const randomWord = createRandomWord(board);
  const cause = board.kind === 'ESP32' ? board.peek32(ESP32_RESET_STATE) & 63 : ResetCause.UNKNOWN;
  let sessions = 0;
  let isSeeded = false;

  const lamp: Lamp = { isOn: false, brightness: FULL };
  const powerOn = createPowerOn(board, write, lamp);
  // the program has restarted, but the power was there all the time
  const isWarm = cause > ResetCause.POWER_ON && cause !== ResetCause.BROWNOUT;
  const isRestart = powerOn.kept.reason > 0 || isWarm;
  if (!isRestart && settings.powerOn !== 'last') {
    lamp.isOn = settings.powerOn === 'on';
    lamp.brightness = FULL;
  }
  const clientId = createClientId(board, write, randomWord);

  const client = {
    clientId: clientId,
    statusTopic: topic + '/status',
    topics: settings.topics.concat(topic + '/set', settings.homeAssistant ? HOME_ASSISTANT_TOPIC : []),
    takesRetained: !isRestart,
    onReady: function (isConnected: boolean) {
      if (!isConnected) return reports.flush();
      sessions++;
      reports.all();
    },
  } as MqttClient;
  const mqtt = createMqtt(board, settings, client);

  const reports = createReports({
    board: board,
    write: write,
    settings: settings,
    version: version,
    topic: topic,
    publish: mqtt.publish,
    info: function () {
      return infoMessage(board, wifi, {
        version: version,
        clientId: clientId(false),
        uptimeS: health.beats * BEAT_S,
        reconnects: sessions - 1,
        lastReason: mqtt.lastReason,
        restarts: powerOn.kept.boots - 1,
        restartReason: restartWords(powerOn.kept.reason),
        resetCause: cause,
      });
    },
  });

  const light = createLight(lamp, {
    fade: createFade(board, createLed(board, board.pin(settings.pin)!, settings)),
    log: board.log,
    dimmable: settings.dimmable,
    onChange: reports.state,
  });
  if (settings.watchdogS) board.E.enableWatchdog(settings.watchdogS, false); // whatever comes now, it ends
  client.onMessage = light;
  if (settings.homeAssistant) {
    client.onMessage = function (payload, mayBeRepeated, topic) {
      if (topic !== HOME_ASSISTANT_TOPIC) return light(payload, mayBeRepeated);
      if (payload === 'online') board.setTimeout(reports.all, board.random() * BIRTH_MS);
      return true;
    };
  }

  /** Called with each beat while there is an address. */
  function onUp(): void {
    if (!isSeeded) board.E.srand(randomWord()); // jitter that differs between boards, now that the radio makes it random
    isSeeded = true;
    if (settings.broker.length) mqtt.start();
  }

  function onDown(): void {
    mqtt.stop(false);
  }

  const station = createStation({ wifi: wifi, log: board.log, network: settings.wifi, onUp: onUp, onDown: onDown });
  const health = createHealth({
    board: board,
    station: station,
    mqtt: mqtt,
    reports: reports,
    powerOn: powerOn,
    bootReason: powerOn.kept.reason,
  });

  if (settings.button) {
    createButton(board, board.pin(settings.button)!, {
      onPress: function () {
        light('toggle', false);
      },
      onLongPress: function () {
        forgetWifi(board);
        mqtt.stop(true);
        station.leave(true);
        health.wanted = Restart.BUTTON;
      },
    });
  }
  if (!settings.broker.length) board.log('no broker set: npm run flash -- --broker HOST');
  board.process.on('uncaughtException', health.onException);
  board.setInterval(health.beat, BEAT_S * 1000);
  station.beat();
}
