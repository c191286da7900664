// The story: two boards with one client identifier, and the same two with one each.

import { ask } from '../live.ts';
import { attempt } from '../parts/Notices.tsx';
import type { World } from '../protocol.ts';
import { useDocument } from '../store.ts';
import { Lines } from './Lines.tsx';

const tell = (isShared: boolean): void => void attempt(ask('story', { isShared }));

/** Thrown off so often. */
function useDrops(): { drops: number; clientId: string | undefined } {
  const boards = [useDocument('board/1'), useDocument('board/2')];
  return {
    drops: boards.reduce((sum, board) => sum + (board?.drops ?? 0), 0),
    clientId: boards.find((board) => board?.clientId !== undefined)?.clientId,
  };
}

/** Props of a chapter. */
interface ChapterProps {
  /** The two boards that play, in words. */
  both: string;
}

function Untold({ both }: ChapterProps) {
  return (
    <>
      <p>
        Many programs draw their client identifier with <code>Math.random()</code>. On an ESP32 Espruino does not seed
        it, so every board draws the same. And a broker keeps one connection per identifier.
      </p>
      <button type="button" class="main" onClick={() => tell(true)}>
        Give {both} one identifier
      </button>
    </>
  );
}

function Shared({ both }: ChapterProps) {
  const { drops, clientId } = useDrops();
  return (
    <>
      <p>
        Such a program now runs on {both}
        {clientId === undefined ? '' : `, and both call themselves ${clientId}`}. Whoever connects throws the other off,
        and is thrown off a second later.
      </p>
      <p class="count">
        <b>{drops}</b> {drops === 1 ? 'time' : 'times'} so far
      </p>
      <button type="button" class="main" onClick={() => tell(false)}>
        Give each its own
      </button>
    </>
  );
}

function Healed() {
  const { drops } = useDrops();
  return (
    <>
      <p>
        Each light has drawn an identifier of its own from the noise of its chip, and keeps it. Both stay connected, and
        both obey.
      </p>
      <p class="count">
        <b>{drops}</b> {drops === 1 ? 'time' : 'times'} since
      </p>
      <button type="button" onClick={() => tell(true)}>
        Once more
      </button>
    </>
  );
}

const CHAPTERS = { untold: Untold, shared: Shared, healed: Healed };

/** The story, with the broker's log beside. */
export function Story({ world: { story, hasLog }, count }: { world: World; count: number }) {
  const log = useDocument('log') ?? [];
  const Chapter = CHAPTERS[story];
  return (
    <section class="story" aria-label="The story">
      <div class="chapter">
        <h2>Thrown off, for ever</h2>
        {count < 2 ? (
          <p>The story needs two boards: npm start -- --nodes 2</p>
        ) : (
          <Chapter both={count > 2 ? 'boards 1 and 2' : 'both boards'} />
        )}
      </div>
      <div class="log">
        <h3>The broker’s log</h3>
        {hasLog ? <Lines title="The broker’s log" lines={log} /> : <p class="muted">Your own broker keeps its log.</p>}
      </div>
    </section>
  );
}
