// The node: wires the parts, and holds the policy of who hears what.
import { watchButton } from './button.ts';
import { createClientId } from './clientId.ts';
import { forgetWifi, type Settings } from './config.ts';
import { createFade } from './fade.ts';
import { createHealth, Restart, RESTART_WORDS } from './health.ts';
import { infoMessage, resetCause, ResetCause } from './info.ts';
import { createLed, FULL } from './led.ts';
import { createLight } from './light.ts';
import { createMqtt } from './mqtt.ts';
import type { Board, Bytes, Wifi } from './ports.ts';
import { createPowerOn, type Lamp } from './powerOn.ts';
import { createRandomWord } from './random.ts';
import { createReports } from './reports.ts';
import { BEAT_S } from './session.ts';
import { createWrite } from './store.ts';
import { superviseWifi, type Station } from './wifi.ts';

const HOME_ASSISTANT_TOPIC = 'homeassistant/status';

/**
 * Starts a node. The lamp is the first thing that it touches.
 * @param wifi absent where the network is not ours to join
 */
export function startNode(board: Board, settings: Settings, wifi: Wifi | undefined, version: string): void {
  const topic = 'light/' + settings.name;
  const write = createWrite(board.storage, board.log);
  const randomWord = createRandomWord(board);
  const cause = resetCause(board);
  let station: Station | undefined;
  let isSeeded = false;

  const lamp: Lamp = { isOn: settings.powerOn === 'on', brightness: FULL };
  const powerOn = createPowerOn(board, write, lamp);
  const boots = powerOn.kept.boots;
  const bootReason = powerOn.kept.reason;
  // the chip has restarted, but the power was there all the time
  const isRestart = bootReason > 0 || (cause > 0 && cause !== ResetCause.POWER_ON && cause !== ResetCause.BROWNOUT);
  if (isRestart || settings.powerOn === 'last') lamp.isOn = powerOn.kept.isOn;
  if (lamp.isOn || isRestart) lamp.brightness = powerOn.kept.brightness;

  const light = createLight(lamp, {
    fade: createFade(board, createLed(board, board.pin(settings.pin)!, settings)),
    log: board.log,
    dimmable: settings.dimmable,
    onChange: function () {
      reports.state();
    },
  });

  function onMessage(payload: Bytes, mayBeRepeated: boolean, from: Bytes): boolean {
    if (from !== HOME_ASSISTANT_TOPIC) return light.command(payload, mayBeRepeated);
    if (payload === 'online') reports.welcome();
    return true;
  }

  const clientId = createClientId(board, write, randomWord);
  const mqtt = createMqtt(board, settings, {
    clientId: clientId,
    statusTopic: topic + '/status',
    topics: settings.topics.concat(topic + '/set', settings.homeAssistant ? HOME_ASSISTANT_TOPIC : []),
    takesRetained: !isRestart,
    onMessage: settings.homeAssistant ? onMessage : light.command,
    onDown: function (reason) {
      reports.lastReason = reason;
    },
    onReady: function (isConnected) {
      if (isConnected) reports.all();
      else reports.flush();
    },
  });

  const reports = createReports({
    board: board,
    write: write,
    settings: settings,
    version: version,
    topic: topic,
    publish: mqtt.publish,
    state: light.state,
    info: function (reconnects) {
      return infoMessage(board, wifi, {
        version: version,
        clientId: clientId(false),
        uptimeS: health.beats * BEAT_S,
        reconnects: reconnects,
        lastReason: reports.lastReason,
        restarts: boots - 1,
        restartReason: RESTART_WORDS[bootReason - Restart.BUTTON],
        resetCause: cause,
      });
    },
  });

  /** Called with each beat while there is an address. */
  function onUp(): void {
    if (!isSeeded) board.E.srand(randomWord()); // jitter that differs between boards, now that the radio makes it random
    isSeeded = true;
    if (settings.broker.length) mqtt.start();
  }

  const health = createHealth({
    board: board,
    bootReason: bootReason,
    session: mqtt.beat,
    network: function () {
      reports.beat();
      powerOn.keep(Restart.NONE);
      return station ? station.beat() : true;
    },
    isUp: function () {
      return !station || station.address !== '';
    },
    rejoin: function () {
      if (station) station.leave(false);
    },
    onRestart: function (reason) {
      powerOn.keep(reason);
      mqtt.stop(false);
    },
  });

  if (settings.button) {
    watchButton(board, board.pin(settings.button)!, {
      onPress: function () {
        light.command('toggle', false);
      },
      onLongPress: function () {
        forgetWifi(board);
        mqtt.stop(true);
        if (station) station.leave(true);
        health.wanted = Restart.BUTTON;
      },
    });
  }
  if (!settings.broker.length) board.log('no broker set: npm run flash -- --broker HOST');
  board.process.on('uncaughtException', health.onException);
  if (settings.watchdogS) board.E.enableWatchdog(settings.watchdogS, false);
  board.setInterval(health.beat, BEAT_S * 1000);
  if (wifi) {
    station = superviseWifi({
      wifi: wifi,
      log: board.log,
      network: settings.wifi,
      onUp: onUp,
      onDown: function () {
        reports.lastReason = 'wifi down';
        mqtt.stop(false);
      },
    });
    station.beat();
  } else onUp();
}
