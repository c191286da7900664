// What outlives the program of a scripted board, or ends it: timers, the watchdog, and the radio.

/** Longer than a turn of the event loop, shorter than anyone waits; a program's own times do not matter here. */
const TIMER_MS = 5;

/** A watchdog that nobody kicks for some timers bites. */
const BITE_MS = 4 * TIMER_MS;

type Callback = () => void;

/**
 * Creates the parts.
 * @param bite what the watchdog does
 */
export function createScriptedChip(bite: Callback) {
  const timers = new Set<NodeJS.Timeout>();
  let listeners: { event: string; callback: Callback }[] = [];
  let isJoined = false;
  let dog: NodeJS.Timeout | undefined;
  let dogIsAuto = false;

  function clear(timer?: NodeJS.Timeout): void {
    for (const one of timer ? [timer] : timers) clearTimeout(one);
    if (timer) timers.delete(timer);
    else timers.clear();
  }

  function started(timer: NodeJS.Timeout): NodeJS.Timeout {
    timers.add(timer);
    return timer;
  }

  function enableWatchdog(_seconds: number, isAuto = true): void {
    dogIsAuto = isAuto;
    dog ??= setTimeout(() => (dogIsAuto ? dog?.refresh() : bite()), BITE_MS);
  }

  /** The driver forgets its station, and only then tells: who joins in a listener is joined afterwards. */
  function disconnect(callback?: Callback): void {
    const wasJoined = isJoined;
    isJoined = false;
    if (wasJoined) for (const one of listeners) if (one.event === 'disconnected') one.callback();
    callback?.();
  }

  const wifi = {
    connect: (_ssid: string, _options: object, callback?: Callback) => {
      isJoined = true;
      callback?.();
    },
    on: (event: string, callback: Callback) => void listeners.push({ event, callback }),
    removeAllListeners: () => void (listeners = []),
    disconnect,
  };

  return {
    wifi,
    watchdog: { enableWatchdog, kickWatchdog: () => void dog?.refresh() },
    /** Globals of the program. */
    timers: {
      setTimeout: (callback: Callback) => started(setTimeout(callback, TIMER_MS)),
      setInterval: (callback: Callback) => started(setInterval(callback, TIMER_MS)),
      clearTimeout: clear,
      clearInterval: clear,
      clearWatch: () => {},
    },
    /** Whether a restart now sends an event into an interpreter that has freed its variables. */
    isJoined: () => isJoined,
    /** The interpreter starts anew: radio and watchdog stay as they are. */
    resetInterpreter(): void {
      clear();
      listeners = [];
    },
    /** The chip starts anew. */
    resetChip(): void {
      clear();
      listeners = [];
      isJoined = false;
      clearTimeout(dog);
      dog = undefined;
    },
  };
}
