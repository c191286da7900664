// The work on one board from opening its port to closing it, through restarts and Ctrl-C.

import { setTimeout as sleep } from 'node:timers/promises';
import { openBoard, type BoardLink } from './board.ts';
import { failure } from './exits.ts';
import type { Limits } from './limits.ts';
import { kickWatchdogWhenIdle, stopProgram } from './onBoard.ts';
import type { BoardReport } from '../report.ts';

/** How to reach a board. */
export interface Access {
  path: string;
  baud: number;
  limits: Limits;
  /** Says what to run when the chip has no interpreter. */
  ifBare: string;
  /** The chip has just been restarted: one with USB of its own leaves the bus meanwhile. */
  isRestarting?: boolean;
  /** Accept boards that are no ESP32. */
  force: boolean;
  /** Ends the work: Ctrl-C. */
  signal: AbortSignal;
}

/** The connection to one board, while it is worked on. */
export interface Session {
  board: BoardLink;
  /** Says what state the board is in if the work ends now, and what to do. */
  leaves: string;
  /** Ctrl-C waits for this. */
  critical: Promise<unknown>;
  /**
   * Waits for a port that has vanished, and opens it again.
   * @throws Failure lostInTransfer
   */
  reopen(): Promise<void>;
}

/** Pause between attempts to open a port that has vanished. */
const REOPEN_PAUSE_MS = 250;

async function openAgain(access: Access): Promise<BoardLink> {
  const deadline = Date.now() + access.limits.bootMs;
  while (!access.signal.aborted && Date.now() < deadline) {
    try {
      return await openBoard(access.path, access);
    } catch {
      await sleep(REOPEN_PAUSE_MS);
    }
  }
  throw failure('lostInTransfer', 'the port did not come back');
}

/** What Ctrl-C must know of the work that it ends. */
export type Interruptible = Pick<Session, 'leaves' | 'critical'>;

/** Rejects at Ctrl-C. */
export function interruption(session: () => Interruptible | undefined, signal: AbortSignal) {
  let stop = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    stop = () => {
      const end = () => reject(failure('interrupted', `stopped: ${session()?.leaves ?? 'nothing was written'}`));
      void (session()?.critical ?? Promise.resolve()).then(end, end);
    };
  });
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  return { interrupted, forget: () => signal.removeEventListener('abort', stop) };
}

/** Opens the port, works on the board, and closes what was opened. */
export async function withBoard<T>(
  access: Access,
  report: BoardReport,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  let session: Session | undefined;
  const { interrupted, forget } = interruption(() => session, access.signal);
  /** Closes a port that opens only after Ctrl-C. */
  const unlessAborted = async (opening: Promise<BoardLink>): Promise<BoardLink> => {
    const board = await opening;
    if (access.signal.aborted) await board.close();
    return board;
  };
  const run = async () => {
    report.step('open');
    const opened: Session = {
      board: await unlessAborted(access.isRestarting ? openAgain(access) : openBoard(access.path, access)),
      leaves: 'the board has its old program or none: press EN, or flash again',
      critical: Promise.resolve(),
      reopen: async () => {
        await opened.board.close();
        opened.board = await unlessAborted(openAgain(access));
      },
    };
    session = opened;
    return work(opened);
  };
  return Promise.race([run(), interrupted]).finally(() => {
    forget();
    return session?.board.close();
  });
}

/** Stops the board's program, so that it neither prints between our packets nor runs while its file is replaced. */
export async function stop({ board }: Session, { stopMs }: Limits): Promise<void> {
  await board.evaluate(kickWatchdogWhenIdle);
  await board.evaluate(stopProgram);
  await sleep(stopMs);
  await board.identify(false);
}
