// The chip of a scripted board: timers, the watchdog, and the radio.

/** Longer than a turn of the event loop, shorter than anyone waits; a program's own times do not matter here. */
const TIMER_MS = 5;

/** A watchdog that was not kicked for so long restarts the chip. */
const WATCHDOG_MS = 4 * TIMER_MS;

type Callback = () => void;

/** Creates a chip; its watchdog calls `onTimeout`. */
export function createScriptedChip(onTimeout: Callback) {
  const timers = new Set<NodeJS.Timeout>();
  let listeners: { event: string; callback: Callback }[] = [];
  let isJoined = false;
  let watchdog: NodeJS.Timeout | undefined;
  let isAutomatic = false;

  function clear(timer?: NodeJS.Timeout): void {
    for (const one of timer ? [timer] : timers) clearTimeout(one);
    if (timer) timers.delete(timer);
    else timers.clear();
  }

  function keep(timer: NodeJS.Timeout): NodeJS.Timeout {
    timers.add(timer);
    return timer;
  }

  function enableWatchdog(_seconds: number, isAuto = true): void {
    isAutomatic = isAuto;
    watchdog ??= setTimeout(() => (isAutomatic ? watchdog?.refresh() : onTimeout()), WATCHDOG_MS);
  }

  /** Sooner than any timer. The driver forgets its station before it emits the event: a listener that joins is joined afterwards. */
  function leave(callback?: Callback): void {
    const wasJoined = isJoined;
    isJoined = false;
    if (wasJoined) for (const one of listeners) if (one.event === 'disconnected') one.callback();
    callback?.();
  }

  function connect(_ssid: string, _options: object, callback?: Callback): void {
    isJoined = true;
    callback?.();
  }

  /** The interpreter starts anew: radio and watchdog stay as they are. */
  function resetInterpreter(): void {
    clear();
    listeners = [];
  }

  function resetChip(): void {
    resetInterpreter();
    isJoined = false;
    clearTimeout(watchdog);
    watchdog = undefined;
  }

  return {
    wifi: {
      connect,
      disconnect: (callback?: Callback) => void setImmediate(leave, callback),
      on: (event: string, callback: Callback) => void listeners.push({ event, callback }),
      removeAllListeners: () => void (listeners = []),
    },
    watchdog: { enableWatchdog, kickWatchdog: () => void watchdog?.refresh() },
    timers: {
      setTimeout: (callback: Callback) => keep(setTimeout(callback, TIMER_MS)),
      setInterval: (callback: Callback) => keep(setInterval(callback, TIMER_MS)),
      ...{ clearTimeout: clear, clearInterval: clear, clearWatch() {} },
    },
    /** Whether a restart now sends an event into an interpreter that has freed its variables. */
    isJoined: () => isJoined,
    ...{ resetInterpreter, resetChip },
  };
}

/** The chip of a scripted board. */
export type ScriptedChip = ReturnType<typeof createScriptedChip>;
