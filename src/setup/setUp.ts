// The set-up mode: for 15 minutes an access point with a page, and Improv on the serial line. The light goes on running meanwhile.
import { createRules } from '../config.ts';
import { Restart } from '../health.ts';
import { createHttp } from './http.ts';
import { State } from './improv.ts';
import { createMode, OPEN_TICKS } from './mode.ts';
import { createNetworks } from './networks.ts';
import { createLine } from './serialLine.ts';
import { AP_ADDRESS, createSite } from './site.ts';
import { createTrial } from './trial.ts';
import type { SetUpBoard, SetUpParts } from './ports.ts';

const TICK_MS = 500;
/** Until the board restarts after Improv has set it up. */
const LAST_TICKS = 8;
/** The light's beats of 5 s until a tick counts as lost: whatever runs when the interpreter takes itself to be out of memory is cut off. */
const LOST_BEATS = 3;

/** Opens the mode; everything is back as it was when it ends. */
export function createSetUp(board: SetUpBoard, parts: SetUpParts): void {
  const settings = parts.settings;
  const rules = createRules(board, function (text) {
    return text;
  });
  const trial = createTrial(board, parts.wifi);
  const mode = createMode(board, parts, trial);
  const networks = createNetworks(parts.wifi, function (ssid) {
    return rules['wifi']!({ ssid: ssid }) !== undefined;
  });
  const site = createSite({ mode: mode, networks: networks, rules: rules, settings: settings, trial: trial });
  const http = createHttp(board.net, site);
  let isOpen = false;
  let beats = 0; // since the last tick

  try {
    isOpen = mode.openAp();
    if (isOpen) http.open();
  } catch (error) {
    board.log('no access point: ' + (error as Error).message);
  }
  board.log('set-up mode: ' + (isOpen ? 'join ' + mode.title + ' and open http://' + AP_ADDRESS : 'Improv alone'));

  const line = createLine(board, {
    networks: networks,
    info: ['espruino-light-node', parts.version, board.kind, settings.name],
    state: function () {
      return mode.isTrying ? State.PROVISIONING : mode.isJoined ? State.PROVISIONED : State.READY;
    },
    urls: function () {
      return settings.broker.length ? [] : ['http://' + trial.address() + '/'];
    },
    provision: function (ssid, password, done) {
      const wifi = { ssid: ssid, password: password };
      if (mode.isTrying || mode.isDone || !rules['wifi']!(wifi)) return done(false);
      mode.attempt({ ssid: ssid, password: password, brokers: [] }, {}, 0, function (reason) {
        mode.message = reason ? 'Not saved: ' + reason : 'The light has joined ' + ssid + '. Now its broker:';
        if (!reason) mode.form = { s: ssid };
        if (!reason && settings.broker.length) mode.finish(mode.message, LAST_TICKS);
        else if (!reason) http.open();
        done(!reason);
      });
    },
  });

  function close(): void {
    board.clearInterval(timer);
    board.E.removeListener('kill', line.stop);
    http.close();
    trial.stop();
    line.stop();
    parts.wifi.stopAP();
    parts.station.hold = undefined;
    if (mode.isJoined) parts.health.wanted = Restart.SET_UP;
    board.log('set-up mode is over');
  }

  function tick(): void {
    beats = 0;
    mode.ticksLeft--;
    if (isOpen && mode.ticksLeft === OPEN_TICKS - 1) networks.scan(function () {});
    trial.tick();
    http.tick();
    if (mode.isTrying && !trial.isRunning()) {
      mode.isTrying = false;
      mode.message = 'Not saved: the board was interrupted. Try again.';
    }
    if (mode.ticksLeft <= 0 && !mode.isTrying) close();
  }

  let timer = board.setInterval(tick, TICK_MS);
  board.E.on('kill', line.stop);
  parts.station.hold = function () {
    beats++;
    if (beats === LOST_BEATS) timer = board.setInterval(tick, TICK_MS); // the other is gone
    return !mode.isTrying && !networks.isScanning();
  };
}
