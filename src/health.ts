// The dead-man's switch. The watchdog restarts the chip unless it is kicked, and only a beat in which every loop has made progress
// kicks it. If the program can still restart itself, it does so first by `load()`: that frees all variables, and keeps the network
// and the lamp.
import { BEAT_S, Progress } from './beat.ts';
import { FlashFile } from './files.ts';
import type { Board } from './board.ts';
import type { PowerOn } from './powerOn.ts';
import type { Reports } from './reports.ts';
import type { Mqtt } from './session.ts';
import type { Station } from './wifi.ts';

/** A burst of messages takes so many variables; with fewer, the interpreter may run out. */
const FEW_VARIABLES = 400;
const MEMORY_BEATS = 12;

/**
 * Beats with an address but without a TCP connect, until the node leaves the network and joins again; after twice as many it
 * restarts. A random number is added, so that a fleet does not act at once, and the time of two waits of `spreadS`.
 */
const UNREACHED_BEATS = 36;
const SPREAD_BEATS = 12;
/** While the broker stays away: once an hour. */
const PATIENT_BEATS = 720;

/** Beats before a second restart because of an exception, or of a callback that was cut off. */
const HARM_BEATS = 120;

/** Far from a flash so full that a write compacts it. */
export const ERROR_ROOM_BYTES = 8_192;

/** Reasons for a restart; kept in flash. */
export const enum Restart {
  NONE = 0,
  BUTTON = 2,
  LOW_MEMORY = 3,
  NOTHING_REACHED = 4,
  STUCK = 5,
  EXCEPTION = 6,
  SET_UP = 7,
  UPDATE = 8,
  REQUEST = 9,
}

/** Names a reason in words; undefined for an unknown one. */
export function restartWords(reason: Restart): string | undefined {
  return ['button', 'low memory', 'nothing reached', 'stuck', 'exception', 'set up', 'update', 'request'][
    reason - Restart.BUTTON
  ];
}

/** The state of the switch. */
export interface Health {
  /** Beats since the program started, one every BEAT_S; setting the clock does not change them. */
  beats: number;
  /** Set to restart at the next good moment. */
  wanted: Restart;
}

/** Starts the beat, which drives the other parts. */
export function createHealth(
  board: Pick<Board, 'log' | 'load' | 'setInterval' | 'process' | 'E' | 'random' | 'storage'>,
  station: Station,
  mqtt: Pick<Mqtt, 'beat' | 'stop' | 'spreadS'>,
  reports: Pick<Reports, 'beat'>,
  powerOn: Pick<PowerOn, 'kept' | 'keep'>,
): Health {
  const health: Health = { beats: 0, wanted: Restart.NONE };
  const bootReason = powerOn.kept.reason;
  let isRestarting = false; // from then on the watchdog is not kicked
  let unreachedBeats = 0;
  let patience = bootReason === Restart.NOTHING_REACHED ? PATIENT_BEATS : UNREACHED_BEATS;

  function restart(): void {
    if (isRestarting) return;
    isRestarting = true;
    board.log('restart: ' + restartWords(health.wanted));
    powerOn.keep(health.wanted);
    mqtt.stop(false);
    board.load();
  }

  function beat(): void {
    health.beats++;
    const isGoodMoment = station.beat();
    reports.beat();
    powerOn.keep(0);

    // an address may be stale and an association dead: only what can be reached counts
    const progress = mqtt.beat();
    if (progress === Progress.REACHED) {
      unreachedBeats = 0;
      patience = UNREACHED_BEATS + Math.floor(board.random() * SPREAD_BEATS);
    } else if (station.address) unreachedBeats++;
    const mostBeats = patience + Math.floor((2 * mqtt.spreadS) / BEAT_S);
    if (unreachedBeats === mostBeats) station.leave(false);
    if (unreachedBeats > 2 * mostBeats) health.wanted = Restart.NOTHING_REACHED;
    if (progress === Progress.NONE) health.wanted = Restart.STUCK;

    const isTimeToLook = health.beats % MEMORY_BEATS === 0;
    if (isTimeToLook && board.process.memory().free < FEW_VARIABLES) health.wanted = Restart.LOW_MEMORY;
    if (!health.wanted) board.E.kickWatchdog();
    else if (isGoodMoment) restart();
  }

  /**
   * Restarts a chip or program that is out of order, unless that has just been tried.
   * @param error kept over the restart, once, as the interpreter does before this program runs
   */
  function mend(reason: Restart, error: string): void {
    if (bootReason === reason && health.beats < HARM_BEATS) return;
    try {
      const hasRoom = error && !health.wanted && board.storage.getFree() > ERROR_ROOM_BYTES;
      if (hasRoom) board.storage.write(FlashFile.ERROR, error);
    } catch {
      // the log has it
    }
    health.wanted = reason;
    if (station.address) restart(); // the timers may be gone, and with them the beat
  }

  // a callback was cut off, with what it was to do: a timer may be gone, or a command that no broker sends again on this connection
  board.E.on('errorFlag', function (flags) {
    board.E.getErrorFlags(); // so that the next one is told as well
    // the set-up mode mends itself, and a restart would end it
    if (flags.indexOf('MEMORY') >= 0 && !station.hold) mend(Restart.LOW_MEMORY, '');
  });

  board.process.on('uncaughtException', function (error) {
    board.log('uncaught: ' + error);
    mend(Restart.EXCEPTION, '' + error);
  });
  board.setInterval(beat, BEAT_S * 1000);
  return health;
}
