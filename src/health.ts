// The dead-man's switch. The watchdog restarts the chip unless it is kicked, and it is kicked only by a beat in which every loop
// of the program has shown that it goes on. Where the program can still restart itself it does that first: `load()` frees all
// variables, the network stays joined and the lamp stays as it is.
import { BEAT_S, Progress } from './beat.ts';
import type { Board } from './board.ts';
import type { PowerOn } from './powerOn.ts';
import type { Reports } from './reports.ts';
import type { Mqtt } from './session.ts';
import type { Station } from './wifi.ts';

/** Variables that a burst of messages takes; below, the interpreter runs out of memory. */
const FEW_VARIABLES = 400;
const MEMORY_BEATS = 12;

/**
 * Beats with an address, but without one TCP connect, until the node leaves the network and joins again; after twice as many it
 * restarts. A random part more, so that a fleet does not do so as one.
 */
const UNREACHED_BEATS = 36;
const SPREAD_BEATS = 12;
/** A broker that stays away makes the node do so once an hour. */
const PATIENT_BEATS = 720;

/** An exception restarts the program, but not again and again. */
const EXCEPTION_BEATS = 120;

/** Why the program restarts itself; kept in flash. */
export const enum Restart {
  NONE = 0,
  BUTTON = 2,
  LOW_MEMORY = 3,
  NOTHING_REACHED = 4,
  STUCK = 5,
  EXCEPTION = 6,
}

/** The words for these; undefined for another reason. */
export function restartWords(reason: Restart): string | undefined {
  return ['button', 'low memory', 'nothing reached', 'stuck', 'exception'][reason - Restart.BUTTON];
}

/** The switch. */
export interface Health {
  /** Since the program started, on a clock that nobody can set: one every BEAT_S. */
  beats: number;
  /** Why to restart with the next beat that is a good moment. */
  wanted: Restart;
}

/** Creates a switch that beats from now on, and moves the parts on with each beat. */
export function createHealth(
  board: Pick<Board, 'log' | 'load' | 'setInterval' | 'process' | 'E' | 'random'>,
  station: Station,
  mqtt: Pick<Mqtt, 'beat' | 'stop'>,
  reports: Pick<Reports, 'beat'>,
  powerOn: Pick<PowerOn, 'kept' | 'keep'>,
): Health {
  const health: Health = { beats: 0, wanted: Restart.NONE };
  const bootReason = powerOn.kept.reason;
  let isRestarting = false; // and the watchdog is not kicked any more
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
    if (unreachedBeats === patience) station.leave(false);
    if (unreachedBeats > 2 * patience) health.wanted = Restart.NOTHING_REACHED;
    if (progress === Progress.NONE) health.wanted = Restart.STUCK;

    const isTimeToLook = health.beats % MEMORY_BEATS === 0;
    if (isTimeToLook && board.process.memory().free < FEW_VARIABLES) health.wanted = Restart.LOW_MEMORY;
    if (!health.wanted) board.E.kickWatchdog();
    else if (isGoodMoment) restart();
  }

  // what nobody catches: chip or program are out of order
  board.process.on('uncaughtException', function (error) {
    board.log('uncaught: ' + error);
    if (bootReason === Restart.EXCEPTION && health.beats < EXCEPTION_BEATS) return;
    health.wanted = Restart.EXCEPTION;
    if (station.address) restart(); // the timers may be gone, and with them the beat
  });
  board.setInterval(beat, BEAT_S * 1000);
  return health;
}
