// What every measurement is given: how thorough to be, and a place to leave what must be gone at its end.

/** Where measurements take place. */
export interface Lab {
  /** The bundle under test. */
  readonly firmware: string;
  /** The text of Espruino's tinyMQTT module, where the user has named it. */
  readonly tinyMqtt: string | undefined;
  /** The text of Espruino's MQTT module, where the user has named it. */
  readonly mqttModule?: string | undefined;
  readonly isQuick: boolean;
  /** A line on what is being done, for the patient. */
  progress(text: string): void;
  /** Does this when the measurement is over, however it ends; the last one first. Gives back the thing itself. */
  use<Thing extends { dispose(): void | Promise<void> }>(thing: Thing): Thing;
  /** Ends everything that is in use. */
  clear(): Promise<void>;
  /** The same, and lets nothing begin any more: a measurement that was broken off does not know yet. */
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
