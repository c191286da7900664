// The table with the virtual boards, the world beside it, and the story below.

import { useDocument, useDocuments } from '../store.ts';
import { BoardCard } from './BoardCard.tsx';
import { Story } from './Story.tsx';
import { Tiles } from './Tiles.tsx';
import { WorldPanel } from './WorldPanel.tsx';

/** More boards than this are shown as tiles. */
const MAX_CARDS = 4;

/** The view. */
export function TableView() {
  const { length } = useDocuments('board/*');
  const world = useDocument('world');
  if (!world) return null;
  return (
    <div class="table">
      <div class="boards">
        {length > MAX_CARDS ? (
          <Tiles count={length} />
        ) : (
          Array.from({ length }, (_, at) => <BoardCard key={at} number={at + 1} />)
        )}
      </div>
      <WorldPanel world={world} />
      <Story world={world} count={length} />
    </div>
  );
}
