// The list of lights. Only the rows on the screen exist, so that a thousand lights are as quick as ten.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Light } from '../protocol.ts';
import { store, useTick } from '../store.ts';
import { COLUMNS } from './columns.tsx';
import { LightRow, type RowActions } from './LightRow.tsx';
import type { Choice } from './list.ts';

/** As in the style sheet. */
const ROW_PX = 56;
const PHONE_ROW_PX = 104;
const PHONE = matchMedia('(max-width: 720px)');

/** Rows beyond the edges, so that none is missing while one scrolls. */
const SPARE_ROWS = 8;

const TICK_MS = 5_000;

/** The rows that are on the screen, by their indexes. */
function useRange(length: number) {
  const list = useRef<HTMLDivElement>(null);
  const [rowPx, setRowPx] = useState(PHONE.matches ? PHONE_ROW_PX : ROW_PX);
  const [first, setFirst] = useState(0);

  useEffect(() => {
    function measure(): void {
      const height = PHONE.matches ? PHONE_ROW_PX : ROW_PX;
      const above = Math.max(0, -(list.current?.getBoundingClientRect().top ?? 0));
      setRowPx(height);
      setFirst(Math.floor(above / height / SPARE_ROWS) * SPARE_ROWS); // in steps: most scrolling draws nothing
    }
    measure();
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [length]);

  const visible = Math.ceil(innerHeight / rowPx);
  return { list, rowPx, from: Math.max(0, first - SPARE_ROWS), to: first + visible + 2 * SPARE_ROWS };
}

interface HeadProps {
  choice: Choice;
  onSort(key: string): void;
  areAllSelected: boolean;
  onSelectAll(isSelected: boolean): void;
}

function Head({ choice, onSort, areAllSelected, onSelectAll }: HeadProps) {
  return (
    <div role="row" class="row head" aria-rowindex={1}>
      <div role="columnheader" class="check">
        <input
          type="checkbox"
          aria-label="Select all that are shown"
          checked={areAllSelected}
          onChange={({ currentTarget }) => onSelectAll(currentTarget.checked)}
        />
      </div>
      {COLUMNS.map(({ key, title }) => {
        const isSorted = key === choice.sortBy;
        return (
          <div
            role="columnheader"
            key={key}
            class={`figure ${key}`}
            aria-sort={isSorted ? (choice.isDown ? 'descending' : 'ascending') : 'none'}
          >
            <button type="button" onClick={() => onSort(key)}>
              {title}
              <span aria-hidden="true">{isSorted ? (choice.isDown ? ' ↓' : ' ↑') : ''}</span>
            </button>
          </div>
        );
      })}
    </div>
  );
}

interface LightListProps extends Omit<HeadProps, 'areAllSelected'> {
  lights: Light[];
  selected: ReadonlySet<string>;
  actions: RowActions;
}

/** The list. */
export function LightList({ lights, selected, actions, ...head }: LightListProps) {
  useTick(TICK_MS);
  const { list, rowPx, from, to } = useRange(lights.length);
  const nowMs = store.serverMs();
  const areAllSelected = lights.length > 0 && lights.every(({ name }) => selected.has(name));
  return (
    <div role="table" class="lights" aria-label="Lights" aria-rowcount={lights.length + 1}>
      <div role="rowgroup">
        <Head {...head} areAllSelected={areAllSelected} />
      </div>
      <div role="rowgroup" class="rows" ref={list} style={{ height: `${lights.length * rowPx}px` }}>
        {lights.slice(from, to).map((light, at) => (
          <LightRow
            key={light.name}
            light={light}
            nowMs={nowMs}
            isSelected={selected.has(light.name)}
            index={from + at + 1}
            topPx={(from + at) * rowPx}
            actions={actions}
          />
        ))}
      </div>
    </div>
  );
}
