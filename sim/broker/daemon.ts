// A broker that is a program of its own: its process, its port and its folder, all gone at the end.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Debian puts daemons where a user's PATH does not look. */
const ENV = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` };

const POLL_MS = 20;

/** A program and how to start it. */
export interface Program {
  name: string;
  /** Where it is not on PATH under its name. */
  command?: string;
  port: number;
  /** How long it may take to listen. */
  limitMs: number;
  /** Ends every start. */
  signal?: AbortSignal | undefined;
  /** Writes its files into the folder; gives its arguments and its environment. */
  prepare(folder: string): { args: string[]; env?: Record<string, string> };
}

/** Whether a program is on this machine. */
export const isInstalled = (name: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${name}`], { env: ENV }).status === 0;

/**
 * Gives a port that nobody listens on, below those that the system hands out: nobody takes it while a slow broker starts.
 */
export function freePort(): Promise<number> {
  const port = 15_000 + randomInt(15_000);
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(freePort()) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

/** Whether somebody listens on a port of the loopback. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Resident memory and processor time of all processes of a session (procps). */
function usageOf(pid: number | undefined): { rssBytes: number; cpuS: number } | undefined {
  const { status, stdout } = spawnSync('ps', ['-o', 'rss=,cputimes=', '-s', String(pid)], { encoding: 'utf8' });
  if (pid === undefined || status !== 0) return undefined;
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const sum = (column: number): number => rows.reduce((total, row) => total + row[column]!, 0);
  return { rssBytes: sum(0) * 1024, cpuS: sum(1) };
}

/** Starts a program; throws with its last words when it does not listen in time. */
export async function createDaemon({ name, command = name, port, limitMs, signal: abort, prepare }: Program) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const { args, env } = prepare(folder);
  const log: string[] = [];
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const started = spawn(command, args, {
      env: { ...ENV, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (text: Buffer) => log.push(...text.toString().trim().split('\n')));
    started.on('error', (error) => log.push(error.message));
    for (const deadline = Date.now() + limitMs; !(await isListening(port));) {
      if (Date.now() > deadline || started.exitCode !== null || started.signalCode !== null)
        throw new Error(`${name} does not listen on port ${port}: ${log.slice(-3).join(' / ')}`);
      await sleep(POLL_MS, undefined, { signal: abort });
    }
  }

  /** The whole group: some start others. */
  function signal(sign: NodeJS.Signals): void {
    try {
      if (child?.pid) process.kill(-child.pid, sign);
    } catch {
      // it has ended already
    }
  }

  async function end(sign: NodeJS.Signals): Promise<void> {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once('exit', resolve));
    signal(sign);
    if (sign !== 'SIGKILL') signal('SIGCONT');
    await gone;
    while (await isListening(port)) await sleep(POLL_MS); // a child of it may outlive it for a moment
    child = undefined;
  }

  const removal = { recursive: true, force: true, maxRetries: 5 };

  /** This process ends without a dispose. */
  const reap = (): void => {
    signal('SIGKILL');
    rmSync(folder, removal);
  };
  async function dispose(): Promise<void> {
    await end('SIGKILL');
    process.off('exit', reap);
    await rm(folder, removal);
  }

  process.on('exit', reap);
  await start().catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  return {
    port,
    /** What it has printed. */
    log,
    /** Starts it again on its port. */
    start,
    /** Ends it in order: SIGTERM. */
    stop: () => end('SIGTERM'),
    /** SIGKILL: no word to anyone. */
    kill: () => end('SIGKILL'),
    async restart(): Promise<void> {
      await end('SIGTERM');
      await start();
    },
    /** What it and the programs that it has started use; undefined where `ps` cannot tell. */
    usage: () => usageOf(child?.pid),
    /** SIGSTOP: TCP lives, nobody answers. */
    freeze: () => signal('SIGSTOP'),
    /** SIGCONT. */
    thaw: () => signal('SIGCONT'),
    /** Ends it and removes its files. */
    dispose,
  };
}

/** A program that runs. */
export type Daemon = Awaited<ReturnType<typeof createDaemon>>;
