// The processes of the lights, as one.

import { fork, type ChildProcess } from 'node:child_process';
import { failure } from './exits.ts';
import type { LightEvent } from './lights.ts';
import type { Order, Setup, Tidings, Usage } from './messages.ts';

const WORKER = new URL('./worker.ts', import.meta.url);

/** What the crew needs. */
interface CrewOptions {
  nodes: number;
  workers: number;
  setup: Omit<Setup, 'do' | 'numbers'>;
  onEvent(event: LightEvent): void;
  /** A process has ended by itself. */
  onLoss(error: Error): void;
}

/** Starts the processes, with lights that have no power. */
export function createCrew({ nodes, workers, setup, onEvent, onLoss }: CrewOptions) {
  const usages: Usage[] = [];
  let isEnding = false;

  function start(at: number): ChildProcess {
    const child = fork(WORKER, { execArgv: ['--import', import.meta.resolve('tsx')] });
    child.on('message', ({ events, usage }: Tidings) => {
      usages[at] = usage;
      events.forEach(onEvent);
    });
    const lose = (what: string): void => {
      if (!isEnding) onLoss(failure('unexpected', `a process of the lights ${what}: too little memory?`));
    };
    child.on('exit', (code, signal) => lose(`has ended (${signal ?? code})`));
    child.on('error', ({ message }) => lose(`cannot be reached (${message})`)); // it did not start, or is dying
    const numbers = Array.from({ length: nodes }, (_, light) => light).filter((light) => light % workers === at);
    child.send({ do: 'setUp', numbers, ...setup } satisfies Order);
    return child;
  }

  const children = Array.from({ length: workers }, (_, at) => start(at));
  return {
    order(order: Order): void {
      for (const child of children) if (child.connected) child.send(order);
    },
    /** What all of them have used together; the lateness is that of the latest. */
    usage: (): Usage => ({
      rssBytes: usages.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
      cpuS: usages.reduce((sum, { cpuS }) => sum + cpuS, 0),
      lateS: Math.max(0, ...usages.map(({ lateS }) => lateS)),
    }),
    async dispose(): Promise<void> {
      isEnding = true;
      const living = children.filter((child) => child.exitCode === null && child.signalCode === null);
      const gone = living.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of living) child.kill('SIGKILL');
      await Promise.all(gone);
    },
  };
}

/** The processes of the lights. */
export type Crew = ReturnType<typeof createCrew>;
