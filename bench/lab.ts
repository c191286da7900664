// Gives measurements their options, and disposes of what they have started.

/** What every measurement is given. */
export interface Lab {
  /** The bundle under test. */
  readonly firmware: string;
  /** Text of Espruino's tinyMQTT module, where the user has named its file. */
  readonly tinyMqtt: string | undefined;
  /** Text of Espruino's MQTT module, where the user has named its file. */
  readonly mqttModule?: string | undefined;
  readonly isQuick: boolean;
  /** Prints what is being measured. */
  progress(text: string): void;
  /** Disposes of a thing when the measurement ends, the last one first; returns the thing. @throws Error when closed */
  use<Thing extends { dispose(): void | Promise<void> }>(thing: Thing): Thing;
  /** Disposes of everything. */
  clear(): Promise<void>;
  /** Disposes of everything, now and later: an interrupted measurement goes on for a while. */
  close(): Promise<void>;
}

/** Creates an empty lab. */
export function createLab(options: Pick<Lab, 'firmware' | 'tinyMqtt' | 'mqttModule' | 'isQuick' | 'progress'>): Lab {
  const things: { dispose(): void | Promise<void> }[] = [];
  let isClosed = false;

  async function clear(): Promise<void> {
    for (let thing = things.pop(); thing; thing = things.pop()) await thing.dispose();
  }

  return {
    ...options,
    use(thing) {
      if (isClosed) {
        void thing.dispose();
        throw new Error('the lab is closed');
      }
      things.push(thing);
      return thing;
    },
    clear,
    close() {
      isClosed = true;
      return clear();
    },
  };
}
