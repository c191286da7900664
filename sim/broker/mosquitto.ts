// A real mosquitto for tests, with a process, a port and files of its own; `dispose` removes them.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Debian puts daemons where a user's PATH does not look. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

/** How long it may take to listen. */
const START_LIMIT_MS = 5000;

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
export interface Mosquitto {
  readonly port: number;
  /** Lines of its log. */
  readonly log: string[];
  /** Ends it in order: SIGTERM. */
  stop(): Promise<void>;
  /** Ends it at once: SIGKILL. With persistence it starts again from its last save. */
  kill(): Promise<void>;
  /** Starts it again on its port, after `stop` or `kill`. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open, and nothing is answered. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** Ends it and removes its files. */
  dispose(): Promise<void>;
}

/** Whether there is a mosquitto on this machine. */
export function mosquittoAvailable(): boolean {
  return spawnSync('mosquitto', ['-h'], { env: { ...process.env, PATH } }).error === undefined;
}

/** Gives a port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

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

/** Tries to connect until it works. */
async function untilListening(port: number, isDead: () => boolean): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && !isDead()) {
    const works = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (works) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`mosquitto does not listen on port ${port}`);
}

/** Starts a mosquitto on a port of its own. */
export async function createMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const port = options.port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const file = join(folder, 'mosquitto.conf');
  const log: string[] = [];
  writeFileSync(file, configuration(port, folder, options));
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const started = spawn('mosquitto', ['-c', file], {
      env: { ...process.env, PATH },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    started.stderr?.on('data', (text: Buffer) => log.push(...text.toString().trim().split('\n')));
    started.on('error', (error) => log.push(error.message));
    await untilListening(port, () => started.exitCode !== null || started.signalCode !== null).catch((error: Error) => {
      throw new Error(`${error.message}: ${log.slice(-3).join(' / ')}`);
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    if (signal !== 'SIGKILL') ending.kill('SIGCONT');
    await gone;
  }

  const killOnExit = (): void => void child?.kill('SIGKILL');
  process.on('exit', killOnExit);
  await start();
  return {
    port,
    log,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      await start();
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async dispose() {
      await end('SIGKILL');
      process.off('exit', killOnExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
