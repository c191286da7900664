// A slider for brightness: sends while it is dragged, one command at a time, the latest last.

import { useRef, useState } from 'preact/hooks';
import { FULL } from '../protocol.ts';
import { attempt } from './Notices.tsx';

/** No faster than the eye follows. */
const PAUSE_MS = 60;

/** A level as people read it. */
export const percent = (level: number): string => `${Math.max(1, Math.round((level / FULL) * 100))} %`;

/** Sends values one after the other; those that are overtaken are left out. Gives what waits for its report. */
function useLatest(send: (value: number) => Promise<unknown>) {
  const [wanted, setWanted] = useState<number>();
  const queue = useRef<{ isBusy: boolean; next: number | undefined }>({ isBusy: false, next: undefined }).current;

  async function push(value: number): Promise<void> {
    setWanted(value);
    queue.next = value;
    if (queue.isBusy) return;
    queue.isBusy = true;
    for (let next = queue.next as number | undefined; next !== undefined; next = queue.next) {
      queue.next = undefined;
      await Promise.all([attempt(send(next)), new Promise((resolve) => setTimeout(resolve, PAUSE_MS))]);
    }
    queue.isBusy = false;
    setWanted(undefined);
  }
  return { wanted, push };
}

interface SliderProps {
  /** What it dims. */
  label: string;
  /** 1-255, as reported. */
  level: number;
  isDisabled?: boolean;
  /** Asks for a level; resolves when it is reported. */
  onLevel(level: number): Promise<unknown>;
}

/** A slider. It shows the finger's place while it moves, then what is reported. */
export function Slider({ label, level, isDisabled = false, onLevel }: SliderProps) {
  const { wanted, push } = useLatest(onLevel);
  const shown = wanted ?? level;
  return (
    <input
      type="range"
      class="slider"
      min={1}
      max={FULL}
      value={shown}
      style={{ '--part': `${(shown / FULL) * 100}%` }}
      aria-label={label}
      aria-valuetext={percent(shown)}
      disabled={isDisabled}
      onInput={({ currentTarget }) => void push(Number(currentTarget.value))}
    />
  );
}
