// The updater: takes signed messages, and brings what they ask for to its end, over restarts and power cuts.
import { BEAT_S } from '../beat.ts';
import { FlashFile, Mark } from '../files.ts';
import { PINGREQ } from '../packet.ts';
import { Restart } from '../health.ts';
import { SPARE_BYTES } from '../info.ts';
import { decrypt, openMessage, sha256, type ChipCrypto } from './crypto.ts';
import { isCounter, readCounter } from './counter.ts';
import { newFetch, readOffer, type Fetch, type Offer } from './fetch.ts';
import { startLogStream } from './logStream.ts';
import { appendMark, hasMarksLeft } from './marks.ts';
import { findFault, joinSettings } from './settings.ts';
import type { Board, Bytes } from '../board.ts';
import type { Parts } from './parts.ts';
import type { Updater } from '../session.ts';

const TICK_MS = 5_000;

/** The station has left by then: an association must not be under way at a restart. */
const LEAVE_MS = 1_000;

/** A trial is kept when the light is connected after so long... */
const TRIAL_S = 120;
/** ...and given up so long after its start: some time before the loader would end it, and then with the lamp's state kept. */
const SETTINGS_DEADLINE_S = 125;
const PROGRAM_DEADLINE_S = 570;

const NO_ROOM = 'no room: flash by USB, or --compact';
const LOG_FULL = 'boot log full: flash once by USB';

function firstWord(text: Bytes): Bytes {
  const end = text.indexOf(' ');
  return end < 0 ? text : text.substr(0, end);
}

/** Creates an updater that has nothing to do. */
export function newUpdater(board: Board, parts: Parts, crypto: ChipCrypto, toBytes: (text: string) => Bytes): Updater {
  const storage = board.storage;
  const slot = board.boot![0]!;
  const otherSlot = slot === 'a' ? 'b' : 'a';
  const otherFile = 'light.' + otherSlot;
  const mark = board.boot![1] || '';
  let isTrial = mark === Mark.PROGRAM_TRIAL || mark === Mark.SETTINGS_TRIAL;
  let isLeaving = false;
  let fetch: Fetch | undefined;
  let streams: (() => boolean) | undefined;
  let timer = 0;

  /** Tells why a message was not obeyed, or what it asked for has failed. */
  function refuse(why: string): void {
    parts.tell('refused: ' + why);
  }

  /** Leaves the network and restarts: what runs next must be able to join by itself. */
  function leave(): void {
    parts.mqtt.stop(true);
    parts.station.leave(true);
    board.setTimeout(function () {
      parts.health.wanted = Restart.UPDATE;
    }, LEAVE_MS);
  }

  /** Lets the loader try the program in the other slot, or do what else the mark asks for. */
  function restartFor(next: string): void {
    storage.erase(FlashFile.ERROR); // the interpreter keeps the first one
    if (!appendMark(storage, parts.write, next)) return refuse(LOG_FULL);
    isLeaving = true; // with the next tick: PUBACK first
  }

  function isInSlot(offer: Offer): boolean {
    const image = storage.read(otherFile) || '';
    return image.length === offer.sizeBytes && sha256(crypto, image) === offer.sha256;
  }

  function endFetch(): void {
    if (fetch) fetch.end();
    fetch = updater.percent = undefined;
    updater.latest = parts.version;
  }

  /** Also after a restart nothing is fetched. */
  function dropOffer(): void {
    endFetch();
    storage.erase(FlashFile.OFFER);
  }

  function onBytes(): void {
    const offer = fetch!.offer;
    const before = updater.percent;
    updater.percent = Math.floor((fetch!.have * 10) / offer.sizeBytes) * 10;
    if (updater.percent !== before) parts.tell('fetched ' + updater.percent + ' % of ' + offer.version);
    if (fetch!.have < offer.sizeBytes) return;
    dropOffer(); // first: what failed once is not tried again by itself
    if (isInSlot(offer)) return restartFor(otherSlot);
    storage.erase(otherFile);
    refuse('wrong hash');
  }

  function startFetch(offer: Offer): void {
    endFetch();
    updater.latest = offer.version;
    fetch = newFetch(board, parts, offer, otherFile, onBytes);
    onBytes();
  }

  /** The offer whose image is being fetched. */
  function currentOffer(): Offer | undefined {
    const text = openMessage(crypto, storage, storage.read(FlashFile.OFFER) || '');
    return readOffer(text.split(' ').slice(2).join(' '));
  }

  // What each message asks for: checked first, and done when its counter is kept. Each gives what to do, or why not.

  function readFirmware(text: Bytes, message: Bytes): string | (() => void) {
    const offer = readOffer(text);
    if (!offer) return 'bad offer';
    const own = storage.read('light.' + slot)!;
    if (own.length === offer.sizeBytes && sha256(crypto, own) === offer.sha256) {
      return function () {
        dropOffer();
        parts.tell('kept');
      };
    }
    if (!hasMarksLeft(storage)) return LOG_FULL;
    if (isInSlot(offer)) {
      return function () {
        dropOffer();
        restartFor(otherSlot);
      };
    }
    const current = currentOffer();
    const isSame = current && current.sha256 === offer.sha256 && storage.read(otherFile);
    if (!isSame && storage.getFree() < offer.sizeBytes + SPARE_BYTES) return NO_ROOM;
    return function () {
      if (!isSame) storage.erase(otherFile);
      if (parts.write(FlashFile.OFFER, message, 0, message.length)) startFetch(offer);
      else refuse(NO_ROOM);
    };
  }

  function readSettings(text: Bytes): string | (() => void) {
    const given = (decrypt(crypto, storage, text) || '').trim();
    let fault = findFault(board, given, toBytes);
    const settings = fault ? '' : joinSettings(storage, FlashFile.SETTINGS, given);
    fault = fault || findFault(board, settings, toBytes);
    if (fault) return 'bad settings: ' + fault;
    if (!hasMarksLeft(storage)) return LOG_FULL;
    if (storage.getFree() < 2 * settings.length + SPARE_BYTES) return NO_ROOM;
    return function () {
      if (parts.write(FlashFile.TRIAL, settings, 0, settings.length)) restartFor(Mark.SETTINGS_TRIAL);
      else refuse(NO_ROOM);
    };
  }

  function readMessage(kind: string, text: Bytes, message: Bytes): string | (() => void) {
    if (kind === 'log') {
      return function () {
        if (!streams) streams = startLogStream(board, parts);
        board.log('log for ten minutes');
      };
    }
    if (isTrial || isLeaving) return 'on trial';
    if (kind === 'firmware') return readFirmware(text, message);
    if (kind === 'settings') return readSettings(text);
    if (kind !== 'compact') return 'unknown message';
    if (!hasMarksLeft(storage)) return LOG_FULL;
    return function () {
      restartFor(Mark.COMPACT);
    };
  }

  function take(message: Bytes): void {
    const text = openMessage(crypto, storage, message);
    const kind = firstWord(text);
    const rest = text.substr(kind.length + 1);
    const counter = firstWord(rest);
    const kept = readCounter(storage, parts.write);
    if (!text) return refuse('wrong tag');
    if (!isCounter(counter)) return refuse('bad counter');
    if (counter === kept.latest) return board.log('update refused: old counter'); // the broker may have sent it again
    if (counter < kept.latest) return refuse('old counter');
    const step = readMessage(kind, rest.substr(counter.length + 1), message);
    if (typeof step === 'string') return refuse(step);
    if (!kept.keep(counter)) return refuse(NO_ROOM);
    step();
  }

  /** Copies kept settings to their place; until then they count where they are. */
  function settle(): void {
    const text = storage.read(FlashFile.TRIAL)!;
    if (parts.write(FlashFile.SETTINGS, text, 0, text.length)) storage.erase(FlashFile.TRIAL);
  }

  function keep(): void {
    const outcome = mark === Mark.SETTINGS_TRIAL ? Mark.SETTINGS_KEPT : slot.toUpperCase();
    if (!appendMark(storage, parts.write, outcome)) return;
    isTrial = false;
    board.boot = slot + outcome; // for the next updater of this boot
    if (mark === Mark.SETTINGS_TRIAL) settle();
    parts.tell('kept');
    resumeFetch();
  }

  function resumeFetch(): void {
    const offer = currentOffer();
    if (offer) startFetch(offer);
    else storage.erase(FlashFile.OFFER);
  }

  /** Goes on after a restart. */
  function resume(): void {
    const hasSettings = storage.read(FlashFile.TRIAL) !== undefined;
    if (isTrial) return board.log('update trial');
    if (hasSettings && (mark === Mark.SETTINGS_KEPT || !storage.readJSON(FlashFile.SETTINGS, true))) settle();
    else if (hasSettings) {
      storage.erase(FlashFile.TRIAL);
      parts.station.leave(false); // it may be joined by these
    }
    resumeFetch();
  }

  function judgeTrial(): void {
    const ageS = parts.health.beats * BEAT_S;
    if (ageS >= TRIAL_S && parts.mqtt.publish('', PINGREQ)) keep();
    else if (ageS >= (mark === Mark.SETTINGS_TRIAL ? SETTINGS_DEADLINE_S : PROGRAM_DEADLINE_S)) isLeaving = true;
  }

  function dropIfIdle(): void {
    const isBusy = isTrial || isLeaving || fetch || streams;
    if (isBusy && !timer) timer = board.setInterval(tick, TICK_MS);
    if (isBusy) return;
    if (timer) board.clearInterval(timer);
    parts.drop();
  }

  function tick(): void {
    if (isLeaving) return leave();
    if (isTrial) judgeTrial();
    if (streams && !streams()) streams = undefined;
    if (fetch && !fetch.tick()) {
      endFetch();
      refuse('no data');
    }
    dropIfIdle();
  }

  const updater: Updater = {
    latest: parts.version,
    percent: undefined,
    receive: function (message) {
      try {
        if (message) take(message);
        else resume();
      } catch (error) {
        refuse((error as Error).message);
      }
      dropIfIdle();
    },
    onChunk: function (topic, payload) {
      if (fetch) fetch.onChunk(topic, payload);
      dropIfIdle();
    },
    onRefusal: function () {
      if (!fetch) return;
      endFetch();
      refuse('the broker does not grant its topic');
      dropIfIdle();
    },
  };
  return updater;
}
