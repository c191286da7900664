// The node: connects the parts, and decides which part acts on which event.
// first what each command runs: the chip finds early names sooner
import { createMqtt } from './mqtt.ts';
import { createLight } from './light.ts';
import { BEAT_S } from './beat.ts';
import { createButton } from './button.ts';
import { createClientId } from './clientId.ts';
import { forgetWifi, type Settings } from './config.ts';
import { createFade } from './fade.ts';
import { FlashFile, Mark } from './files.ts';
import { createHealth, Restart, restartWords } from './health.ts';
import { createResetCause, infoMessage, ResetCause } from './info.ts';
import { QUOTE_CHARS } from './jsonCommand.ts';
import { createLed, FULL } from './led.ts';
import type { Board, Bytes, OutputPin, Wifi } from './board.ts';
import type { Parts } from './update/parts.ts';
import { createPowerOn, type Kept, type Lamp, type PowerOn } from './powerOn.ts';
import { createRandomWord } from './random.ts';
import { createReports, Report } from './reports.ts';
import { Topic, type MqttClient, type Updater } from './session.ts';
import { createWrite } from './store.ts';
import { createStation } from './wifi.ts';

const HOME_ASSISTANT_TOPIC = 'homeassistant/status';

/** Beats before the program restarts itself on request: a flood must not keep it from working. */
const REQUEST_BEATS = 12;

/** A fleet spreads its answers to a call, and to a restart of Home Assistant, over this time. */
const ANSWER_MS = 10_000;

/** An answer that has not been sent by then was lost with its timer. */
const LOST_BEATS = ANSWER_MS / 1000 / BEAT_S + 1;

/**
 * Sets the lamp as `powerOn` says, unless only the program or the chip was restarted: then the lamp stays as it was.
 * @param boot what the loader says
 * @returns whether it was such a restart
 */
function createLampState(
  kept: Kept,
  cause: ResetCause,
  lamp: Lamp,
  powerOn: Settings['powerOn'],
  boot?: string,
): boolean {
  if (
    kept.reason ||
    (boot && boot[1] === Mark.ROLLED_BACK_NOW) ||
    (cause > ResetCause.POWER_ON && cause !== ResetCause.BROWNOUT)
  )
    return true;
  if (powerOn !== 'last') {
    lamp.isOn = powerOn === 'on';
    lamp.brightness = FULL;
  }
  return false;
}

/** The topics that the light subscribes to, those of commands first. */
function createTopics(board: Board, settings: Settings, topic: string): string[] {
  return settings.topics.concat(
    topic + '/set',
    board.boot && board.storage.read(FlashFile.KEY) ? topic + '/update' : [],
    settings.homeAssistant ? [HOME_ASSISTANT_TOPIC, topic + '/device'] : [],
    Topic.CALL,
  );
}

/** What the loader's mark says of an update. */
function createNews(boot: string | undefined): string {
  const mark = boot && boot[1];
  if (mark === Mark.PROGRAM_TRIAL || mark === Mark.SETTINGS_TRIAL) return 'trial';
  if (mark === Mark.ROLLED_BACK_NOW || mark === Mark.ROLLED_BACK) return 'rolled back';
  return mark === Mark.COMPACTED ? 'compacted' : '';
}

/** Whether the updater has something to go on with. */
function createTask(board: Board, news: string): unknown {
  const storage = board.storage;
  return board.boot && (news === 'trial' || storage.read(FlashFile.OFFER) || storage.read(FlashFile.TRIAL));
}

/** Opens the set-up access point on a board without Wi-Fi settings, if the program for it is there. */
function createSetUp(
  board: Board,
  powerOn: PowerOn,
  parts: { wifi: unknown; settings: Settings; [more: string]: unknown },
): void {
  // after a planned restart of another kind than by the button it has been open already
  const isWanted = parts.wifi && !parts.settings.wifi.ssid && powerOn.kept.reason <= Restart.BUTTON;
  const program = isWanted ? board.storage.read('light.setup') : undefined;
  if (program) board.eval(program)(board, parts);
}

/**
 * Starts a node. Drives the lamp first.
 * @param wifi absent where the network is not ours to join
 */
export function createNode(board: Board, settings: Settings, wifi: Wifi | undefined, version: string): void {
  const topic = 'light/' + settings.name;
  const write = createWrite(board.storage, board.log);
  const randomWord = createRandomWord(board);
  const cause = createResetCause(board);
  let sessions = 0;
  let answerBeat = 0; // when the answer that is due was asked for; 0 when none is due
  let news = createNews(board.boot);

  const lamp: Lamp = { isOn: false, brightness: FULL };
  const powerOn = createPowerOn(board, write, lamp, settings);

  const client = {
    clientId: createClientId(board, write, randomWord),
    statusTopic: topic + '/status',
    topics: createTopics(board, settings, topic),
    takesRetained: !createLampState(powerOn.kept, cause, lamp, settings.powerOn, board.boot),
    onReady: function (isConnected: boolean) {
      if (!isConnected) return reports.flush(0);
      sessions++;
      reports.all();
    },
  } as MqttClient;
  const mqtt = createMqtt(board, settings, client);
  if (news === 'trial') mqtt.spreadS = 1; // it has no time for a long wait

  function info(): string {
    return infoMessage(board, wifi, {
      version: version,
      clientId: client.clientId(false),
      uptimeS: health.beats * BEAT_S,
      reconnects: sessions - 1,
      lastReason: mqtt.lastReason,
      restarts: powerOn.kept.boots - 1,
      restartReason: restartWords(powerOn.kept.reason),
      resetCause: cause,
      update: news,
      powerOn: settings.powerOn,
    });
  }

  const reports = createReports(board, write, settings, client, {
    version: version,
    publish: mqtt.publish,
    info: info,
  });

  const fade = createFade(board, createLed(board, board.pin(settings.pin)!, settings));
  const light = createLight(lamp, { board: board, fade: fade, dimmable: settings.dimmable, onChange: reports.state });
  if (settings.watchdogS) board.E.enableWatchdog(settings.watchdogS, false); // nothing from here on can hang for ever

  /** Evaluates the updater, which is line 2 of the slot that runs. @param message signed; '' to go on after a restart */
  function update(message: Bytes): void {
    if (!client.updater) {
      const slot = 'light.' + board.boot![0];
      const at = board.storage.read(slot)!.indexOf('\n') + 1;
      if (!at) return; // such as one on tinyMQTT
      const parts: Parts = {
        topic: topic,
        version: version,
        mqtt: mqtt,
        health: health,
        station: station,
        write: write,
        tell: function (text) {
          board.log('update ' + text);
          news = text;
          reports.flush(Report.INFO | Report.FIRMWARE);
        },
        drop: function () {
          client.updater = undefined;
          mqtt.spreadS = settings.spreadS;
        },
      };
      client.updater = board.eval(board.storage.read(slot, at)!)(board, parts) as Updater;
    }
    client.updater.receive(message);
  }

  /** Handles commands, signed messages, roll calls, and the birth message and the controls of Home Assistant. */
  client.onMessage = function (payload, mayBeRepeated, from) {
    if (client.topics.indexOf(from) <= settings.topics.length) return light(payload, mayBeRepeated);
    if (from === topic + '/update') update(payload);
    else if (from === Topic.CALL || from === HOME_ASSISTANT_TOPIC) {
      const isDue = answerBeat && health.beats - answerBeat < LOST_BEATS;
      if (isDue || (from !== Topic.CALL && payload !== 'online')) return true; // a flood of calls costs one answer
      answerBeat = health.beats || 1;
      board.setTimeout(function () {
        answerBeat = 0;
        reports.all();
      }, board.random() * ANSWER_MS);
    } else if (payload === 'identify') light('{"effect":"blink"}', false);
    else if (payload === 'restart' && health.beats > REQUEST_BEATS) health.wanted = Restart.REQUEST;
    else if (payload === 'off' || payload === 'on' || payload === 'last') {
      settings.powerOn = payload;
      reports.flush(Report.INFO);
    } else board.log('ignored: ' + JSON.stringify(payload.substr(0, QUOTE_CHARS)));
    return true;
  };

  /** Called with each beat while there is an address, and when it is lost. */
  function onAddress(isUp: boolean): void {
    if (!isUp) return mqtt.stop(false);
    if (!sessions) board.E.srand(randomWord()); // jitter that differs between boards, now that the radio makes it random
    if (settings.broker.length) mqtt.start();
  }

  const station = createStation({ board: board, wifi: wifi, network: settings.wifi, onAddress: onAddress });
  const health = createHealth(board, station, mqtt, reports, powerOn);

  function watchButton(pin: OutputPin): void {
    createButton(board, pin, {
      onPress: function () {
        light('toggle', false);
      },
      onLongPress: function () {
        forgetWifi(board, write);
        mqtt.stop(true);
        station.leave(true);
        health.wanted = Restart.BUTTON;
      },
    });
  }

  if (settings.button) watchButton(board.pin(settings.button)!);
  if (!settings.broker.length) board.log('no broker set: npm run flash -- --broker HOST');
  station.beat();
  createSetUp(board, powerOn, { wifi: wifi, settings: settings, station: station, health: health, version: version });
  if (createTask(board, news)) update('');
}
