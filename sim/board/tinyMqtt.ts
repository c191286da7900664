// A scripted tinyMQTT module: what the firmware's adapter asks of it is recorded, what it would emit the test emits.

type Listener = (message?: { topic: string; message: string }) => void;

/** The module, and its one instance, with a test behind them. */
export interface ScriptedTinyMqtt {
  /** What `require("tinyMQTT")` gives. */
  readonly module: { create(host: string, options: object): object };
  /** Every call to the module and its instance in order, such as `subscribe home/bedroom/light`. */
  readonly calls: string[];
  /** The options of `create`. */
  options(): Record<string, unknown>;
  emit(event: 'connected' | 'disconnected'): void;
  emit(event: 'message', message: { topic: string; message: string }): void;
}

/** Longest topic and message together, behind which the module throws. */
const MAX_BYTES = 127;

/** Creates a module that was not asked for anything yet. */
export function createScriptedTinyMqtt(): ScriptedTinyMqtt {
  const calls: string[] = [];
  const listeners: Record<string, Listener[]> = {};
  let options: Record<string, unknown> = {};

  const instance = {
    connect: () => void calls.push('connect'),
    disconnect: () => void calls.push('disconnect'),
    subscribe: (topic: string) => void calls.push(`subscribe ${topic}`),
    publish(topic: string, message: string) {
      if (topic.length + message.length > MAX_BYTES) throw new Error('tMQTT-TL');
      calls.push(`publish ${topic} ${message}`);
    },
    on(event: string, listener: Listener) {
      (listeners[event] ??= []).push(listener);
    },
  };

  return {
    module: {
      create(host, given) {
        calls.push(`create ${host}`);
        options = given as Record<string, unknown>;
        return instance;
      },
    },
    calls,
    options: () => options,
    emit(event: string, message?: { topic: string; message: string }) {
      listeners[event]?.forEach((listener) => listener(message));
    },
  };
}
