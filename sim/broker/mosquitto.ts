// A real mosquitto.

import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createDaemon, freePort, isInstalled, type Daemon } from './daemon.ts';

/** Options of a mosquitto. */
export interface MosquittoOptions {
  port?: number;
  /** Keeps sessions and retained messages over a restart. */
  persistence?: boolean;
  /** Passes every topic to and from another broker on this port. */
  bridgeTo?: number;
  /** Further lines of its configuration file. */
  settings?: string[];
}

/** A mosquitto of our own. */
export type Mosquitto = Daemon;

/** Whether there is a mosquitto on this machine. */
export const mosquittoAvailable = (): boolean => isInstalled('mosquitto');

function configuration(
  port: number,
  folder: string,
  { persistence = false, bridgeTo, settings = [] }: MosquittoOptions,
): string {
  return [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'log_dest stderr',
    'log_type all',
    // Started by root, as in a container, it would become a user who may not write to our folder.
    `user ${userInfo().username}`,
    ...(persistence
      ? ['persistence true', `persistence_location ${folder}/`, 'autosave_on_changes true', 'autosave_interval 1']
      : []),
    ...(bridgeTo === undefined
      ? []
      : [
          'connection bridge',
          `address 127.0.0.1:${bridgeTo}`,
          'topic # both 1',
          `remote_clientid bridge${port}`,
          'restart_timeout 1',
          'bridge_protocol_version mqttv311',
        ]),
    ...settings,
    '',
  ].join('\n');
}

/** Starts a mosquitto on a port of its own. With persistence it starts again from its last save, after a `kill` too. */
export async function createMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const port = options.port ?? (await freePort());
  return createDaemon({
    ...{ name: 'mosquitto', port, limitMs: 5_000 },
    prepare(folder) {
      const file = join(folder, 'mosquitto.conf');
      writeFileSync(file, configuration(port, folder, options));
      return { args: ['-c', file] };
    },
  });
}
