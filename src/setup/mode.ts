// The state of the set-up mode, and what changes it: settings are tried, and what works is saved.
import { FlashFile } from '../files.ts';
import { createWrite } from '../store.ts';
import type { Bytes } from '../board.ts';
import type { Changes, Form } from './form.ts';
import type { SetUpBoard, SetUpParts } from './ports.ts';
import type { Attempt, Trial } from './trial.ts';

/** Holds the password of the access point; written when the board is flashed. */
const PASSWORD_FILE = 'light.ap';

/** Ticks of half a second while the mode is open. */
export const OPEN_TICKS = 1_800;

/** The set-up mode. */
export interface Mode {
  /** Name of the access point: `light-` and the last four digits of the serial number. */
  title: Bytes;
  /** What was typed last. */
  form: Form;
  /** What the person should know first; empty for nothing. */
  message: Bytes;
  /** The network that is tried. */
  ssid: Bytes;
  isTrying: boolean;
  /** A network is saved. */
  isJoined: boolean;
  /** All is saved: the mode is about to end. */
  isDone: boolean;
  ticksLeft: number;
  /**
   * Opens the access point, again where a trial has closed it (ESP32-C3).
   * @returns false when there is no password for it
   */
  openAp(): boolean;
  /**
   * Tries, and saves the network and the changes when it works; calls back with what is wrong, or an empty text.
   * @param graceTicks until it begins
   */
  attempt(what: Attempt, changes: Changes, graceTicks: number, done: (reason: string) => void): void;
  /** Ends the mode after so many ticks. */
  finish(message: Bytes, ticks: number): void;
}

/** Creates an open mode. */
export function createMode(board: SetUpBoard, parts: SetUpParts, trial: Trial): Mode {
  const wifi = parts.wifi;
  const write = createWrite(board.storage, board.log);

  /** Changes the keys of an object; an empty text removes one. */
  function merge(into: Record<string, unknown>, changes: Changes): Record<string, unknown> {
    Object.keys(changes).forEach(function (key) {
      const value = changes[key];
      if (value === '') delete into[key];
      else if (typeof value === 'string' && board.E.asUTF8) into[key] = board.E.asUTF8(value);
      else into[key] = value;
    });
    return into;
  }

  /** Keeps the other settings. */
  function save(what: Attempt, changes: Changes): boolean {
    const file = (board.storage.readJSON(FlashFile.SETTINGS, true) || {}) as Record<string, unknown>;
    merge(file, changes);
    file['wifi'] = merge({}, { ssid: what.ssid, password: what.password });
    const text = JSON.stringify(file);
    // the copy counts should the power go between the end of the old file and the end of the new one
    if (!write(FlashFile.TRIAL, text, 0, text.length)) return false;
    const isSaved = write(FlashFile.SETTINGS, text, 0, text.length);
    board.storage.erase(FlashFile.TRIAL);
    return isSaved;
  }

  /** Joins the network that was saved. */
  function back(): void {
    const saved = parts.settings.wifi;
    wifi.connect(saved.ssid!, { password: saved.password! }, function () {});
  }

  const mode: Mode = {
    title: 'light-' + board.serial.substr(-4),
    form: {},
    message: '',
    ssid: '',
    isTrying: false,
    isJoined: false,
    isDone: false,
    ticksLeft: OPEN_TICKS,
    openAp: function () {
      const password = board.storage.read(PASSWORD_FILE);
      if (password && (wifi.getStatus().mode || '').indexOf('AP') !== 0)
        wifi.startAP(mode.title, { authMode: 'wpa2', password: password }, function () {});
      return !!password;
    },
    attempt: function (what, changes, graceTicks, done) {
      mode.isTrying = true;
      mode.ssid = what.ssid;
      trial.start(what, graceTicks, function (reason) {
        const failure = reason || (save(what, changes) ? '' : 'the flash is full: flash the board again by USB');
        mode.isTrying = false;
        mode.openAp();
        if (failure && mode.isJoined) back();
        if (!failure) {
          mode.isJoined = true;
          parts.settings.wifi = { ssid: what.ssid, password: what.password };
        }
        done(failure);
      });
    },
    finish: function (message, ticks) {
      mode.isDone = true;
      mode.message = message;
      mode.ticksLeft = ticks;
    },
  };
  return mode;
}
