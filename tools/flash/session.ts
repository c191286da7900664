// The conversation with one board from the opening of its port to the closing, through restarts and Ctrl-C.

import { openBoard, type BoardLink } from './board.ts';
import { failure } from './exits.ts';
import type { Limits } from './limits.ts';
import { calmWatchdog, stopProgram } from './onBoard.ts';
import type { BoardReport } from './report.ts';
import { pause } from './until.ts';

/** How to reach a board, and what to insist on. */
export interface Access {
  path: string;
  baud: number;
  limits: Limits;
  /** Also boards that are no ESP32. */
  force: boolean;
  /** Ends the conversation when it fires. */
  signal: AbortSignal;
}

/** A conversation. */
export interface Session {
  board: BoardLink;
  /** What the board is left with when all ends now, and what to do about it. */
  leaves: string;
  /** Ctrl-C waits for this. */
  critical: Promise<unknown>;
  /**
   * Waits for a port that has vanished, or is silent, and opens it anew.
   * @throws Failure lostInTransfer
   */
  reopen(): Promise<void>;
}

/** How often a port that has vanished is looked for. */
const REOPEN_PAUSE_MS = 250;

async function openAgain(access: Access): Promise<BoardLink> {
  const deadline = Date.now() + access.limits.bootMs;
  while (!access.signal.aborted && Date.now() < deadline) {
    try {
      return await openBoard(access.path, access);
    } catch {
      await pause(REOPEN_PAUSE_MS);
    }
  }
  throw failure('lostInTransfer', 'the port did not come back');
}

/** Rejects at Ctrl-C. */
function interruption(session: () => Session | undefined, signal: AbortSignal) {
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

/** Opens the port, hands the conversation over, and closes whatever was opened. */
export async function withBoard<T>(
  access: Access,
  report: BoardReport,
  talk: (session: Session) => Promise<T>,
): Promise<T> {
  let session: Session | undefined;
  const { interrupted, forget } = interruption(() => session, access.signal);
  // A port that opens after Ctrl-C leads nowhere.
  const guarded = async (opening: Promise<BoardLink>): Promise<BoardLink> => {
    const board = await opening;
    if (access.signal.aborted) await board.close();
    return board;
  };
  const work = async () => {
    report.step('open');
    const opened: Session = {
      board: await guarded(openBoard(access.path, access)),
      leaves: 'the board has its old program or none: press EN, or flash again',
      critical: Promise.resolve(),
      reopen: async () => {
        await opened.board.close();
        opened.board = await guarded(openAgain(access));
      },
    };
    session = opened;
    return talk(opened);
  };
  return Promise.race([work(), interrupted]).finally(() => {
    forget();
    return session?.board.close();
  });
}

/** Stops the board's program, so that it neither prints into the conversation nor runs while its file is replaced. */
export async function stop({ board }: Session, { stopMs }: Limits): Promise<void> {
  await board.evaluate(calmWatchdog);
  await board.evaluate(stopProgram);
  await pause(stopMs);
  await board.identify(false);
}
