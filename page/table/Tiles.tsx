// Many boards, each as its lamp; a click shows the whole board.

import { useMemo, useState } from 'preact/hooks';
import { Panel } from '../parts/Panel.tsx';
import { useDocument } from '../store.ts';
import { BoardCard, stateOf } from './BoardCard.tsx';

function Lamp({ number }: { number: number }) {
  const level = useDocument(`lamp/${number}`) ?? 0;
  return (
    <span class="lamp" aria-hidden="true">
      <span style={{ opacity: level }} />
    </span>
  );
}

function Tile({ number, onOpen }: { number: number; onOpen(number: number): void }) {
  const board = useDocument(`board/${number}`);
  if (!board) return null;
  const { words, tone } = stateOf(board);
  return (
    <button
      type="button"
      class="tile"
      aria-haspopup="dialog"
      aria-label={`${board.name}: ${words}`}
      onClick={() => onOpen(number)}
    >
      <Lamp number={number} />
      <span class={`state ${tone}`}>{number}</span>
    </button>
  );
}

function BoardPanel({ number, onClose }: { number: number; onClose(): void }) {
  const board = useDocument(`board/${number}`);
  return (
    <Panel title={board?.name ?? ''} onClose={onClose}>
      <BoardCard number={number} />
    </Panel>
  );
}

/** The boards. */
export function Tiles({ count }: { count: number }) {
  const [opened, open] = useState<number>();
  const tiles = useMemo(
    () => Array.from({ length: count }, (_, at) => <Tile key={at} number={at + 1} onOpen={open} />),
    [count],
  );
  return (
    <>
      <div class="tiles">{tiles}</div>
      {opened !== undefined && <BoardPanel number={opened} onClose={() => open(undefined)} />}
    </>
  );
}
