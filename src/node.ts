// The node: connects the parts, and decides which part acts on which event.
// first what each command runs: the chip finds early names sooner
import { createMqtt } from './mqtt.ts';
import { createLight } from './light.ts';
import { BEAT_S } from './beat.ts';
import { createButton } from './button.ts';
import { createClientId } from './clientId.ts';
import { forgetWifi, type Settings } from './config.ts';
import { createFade } from './fade.ts';
import { createHealth, Restart, restartWords } from './health.ts';
import { ESP32_RESET_STATE, infoMessage, ResetCause } from './info.ts';
import { createLed, FULL } from './led.ts';
import type { Board, Bytes, OutputPin, Wifi } from './board.ts';
import { createPowerOn, type Kept, type Lamp } from './powerOn.ts';
import { createRandomWord } from './random.ts';
import { createReports } from './reports.ts';
import type { MqttClient } from './session.ts';
import { createWrite } from './store.ts';
import { createStation } from './wifi.ts';

const HOME_ASSISTANT_TOPIC = 'homeassistant/status';

/** A fleet spreads its answers to a restart of Home Assistant over this time. */
const BIRTH_MS = 10_000;

/**
 * Sets the lamp as `powerOn` says, unless only the program or the chip was restarted: then the lamp stays as it was.
 * @returns whether it was such a restart
 */
function isRestarted(kept: Kept, cause: ResetCause, lamp: Lamp, powerOn: Settings['powerOn']): boolean {
  if (kept.reason || (cause > ResetCause.POWER_ON && cause !== ResetCause.BROWNOUT)) return true;
  if (powerOn !== 'last') {
    lamp.isOn = powerOn === 'on';
    lamp.brightness = FULL;
  }
  return false;
}

/**
 * Starts a node. Drives the lamp first.
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
  const isRestart = isRestarted(powerOn.kept, cause, lamp, settings.powerOn);
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

  const fade = createFade(board, createLed(board, board.pin(settings.pin)!, settings));
  const light = createLight(lamp, { fade: fade, log: board.log, dimmable: settings.dimmable, onChange: reports.state });
  if (settings.watchdogS) board.E.enableWatchdog(settings.watchdogS, false); // nothing from here on can hang for ever

  /** Handles commands, and the birth message of Home Assistant. */
  function onMessage(payload: Bytes, mayBeRepeated: boolean, from: Bytes): boolean {
    if (from !== HOME_ASSISTANT_TOPIC) return light(payload, mayBeRepeated);
    if (payload === 'online') board.setTimeout(reports.all, board.random() * BIRTH_MS);
    return true;
  }

  /** Called with each beat while there is an address, and when it is lost. */
  function onAddress(isUp: boolean): void {
    if (!isUp) return mqtt.stop(false);
    if (!isSeeded) board.E.srand(randomWord()); // jitter that differs between boards, now that the radio makes it random
    isSeeded = true;
    if (settings.broker.length) mqtt.start();
  }

  const station = createStation({ wifi: wifi, log: board.log, network: settings.wifi, onAddress: onAddress });
  const health = createHealth(board, station, mqtt, reports, powerOn);

  function watchButton(pin: OutputPin): void {
    createButton(board, pin, {
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

  function start(): void {
    if (!settings.broker.length) board.log('no broker set: npm run flash -- --broker HOST');
    station.beat();
    // after a planned restart of another kind the set-up mode has been open already
    if (!wifi || settings.wifi.ssid || powerOn.kept.reason > Restart.BUTTON) return;
    const program = board.storage.read('light.setup');
    const parts = { wifi: wifi, settings: settings, station: station, health: health, version: version };
    if (program) board.eval(program)(board, parts);
  }

  client.onMessage = settings.homeAssistant ? onMessage : light;
  if (settings.button) watchButton(board.pin(settings.button)!);
  start();
}
