// Listeners and the event queue of the interpreter: `emit` is never synchronous, and a queued event keeps the listeners it was queued with.

type Listener = (...args: unknown[]) => void;

/** `emit` refuses more arguments than this. */
const MOST_EMIT_ARGUMENTS = 4;

/** The methods that every object of the chip has. */
export interface ListenerMethods {
  on(event: string, listener: unknown): void;
  addListener(event: string, listener: unknown): void;
  prependListener(event: string, listener: unknown): void;
  emit(event: string, ...args: unknown[]): void;
  removeListener(event: string, listener: unknown): void;
  removeAllListeners(event?: string): void;
}

/** Creates an empty queue; `wake` is called when something was queued. */
export function createEvents(wake: () => void) {
  let registry = new WeakMap<object, Map<string, Listener[]>>();
  const queued: (() => void)[] = [];

  function lists(target: object): Map<string, Listener[]> {
    const known = registry.get(target) ?? new Map<string, Listener[]>();
    registry.set(target, known);
    return known;
  }

  /** Queues a call. */
  function queue(call: () => void): void {
    queued.push(call);
    wake();
  }

  function on(target: object, event: string, listener: unknown, isFirst = false): void {
    if (typeof event !== 'string') throw new TypeError('First argument must be String');
    if (typeof listener !== 'function') throw new TypeError('Second argument must be a function or a String');
    const before = lists(target).get(event) ?? [];
    lists(target).set(event, isFirst ? [listener as Listener, ...before] : [...before, listener as Listener]);
  }

  function removeListener(target: object, event: string, listener: unknown): void {
    const left = (lists(target).get(event) ?? []).filter((known) => known !== listener);
    if (left.length) lists(target).set(event, left);
    else lists(target).delete(event);
  }

  function removeAllListeners(target: object, event?: string): void {
    if (event === undefined) lists(target).clear();
    else lists(target).delete(event);
  }

  /** Queues an event for the listeners that it has now; removing them later does not stop it. */
  function emit(target: object, event: string, ...args: unknown[]): void {
    if (args.length > MOST_EMIT_ARGUMENTS) throw new TypeError(`Too many arguments (>${MOST_EMIT_ARGUMENTS})`);
    for (const listener of lists(target).get(event) ?? []) queue(() => listener.apply(target, args));
  }

  return {
    ...{ on, removeListener, removeAllListeners, emit, queue },
    /** The listeners that there are now; undefined when there are none. */
    listeners: (target: object, event: string): Listener[] | undefined => lists(target).get(event),
    /** Runs the queue, also what is queued meanwhile, until a call holds the interpreter; gives whether there was anything. */
    run(run: (call: () => void) => void, isHeld: () => boolean): boolean {
      const any = queued.length > 0;
      while (queued.length && !isHeld()) run(queued.shift() as () => void);
      return any;
    },
    /** Gives an object of ours the methods that every object of the chip has. */
    methods: <Target extends object>(target: Target): Target & ListenerMethods =>
      Object.assign(target, {
        on: (event: string, listener: unknown) => on(target, event, listener),
        addListener: (event: string, listener: unknown) => on(target, event, listener),
        prependListener: (event: string, listener: unknown) => on(target, event, listener, true),
        emit: (event: string, ...args: unknown[]) => emit(target, event, ...args),
        removeListener: (event: string, listener: unknown) => removeListener(target, event, listener),
        removeAllListeners: (event?: string) => removeAllListeners(target, event),
      }),
    /** Forgets every listener and every queued event. */
    reset(): void {
      registry = new WeakMap();
      queued.length = 0;
    },
  };
}

/** The event queue and the listener lists of one board. */
export type Events = ReturnType<typeof createEvents>;
