// What the updater is handed, and what it does for the light: types only.
import type { Health } from '../health.ts';
import type { Mqtt } from '../session.ts';
import type { Write } from '../store.ts';
import type { Station } from '../wifi.ts';

/** The parts of the light that the updater works with. */
export interface Parts {
  /** `light/<name>` */
  topic: string;
  /** The version that runs. */
  version: string;
  mqtt: Pick<Mqtt, 'publish' | 'stop'>;
  health: Health;
  write: Write;
  station: Pick<Station, 'leave'>;
  /**
   * Tells on the console, in the info message and on the firmware topic.
   * @param text `trial`, `kept`, `refused: …` and the like
   */
  tell(text: string): void;
  /** The updater has nothing more to do. */
  drop(): void;
}
