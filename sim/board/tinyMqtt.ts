// A scripted tinyMQTT module: it records what the firmware's adapter calls, and the test emits its events.

type Listener = (message?: { topic: string; message: string }) => void;

/** The module and its one instance, in the hands of a test. */
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

/** The module throws for a topic and a message that are longer together. */
const MAX_BYTES = 127;

/** Creates a module without calls. */
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
