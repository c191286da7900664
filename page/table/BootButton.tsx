// The BOOT button of a board: down as long as it is held.

import { useState } from 'preact/hooks';
import { ask } from '../live.ts';
import { attempt } from '../parts/Notices.tsx';

/** A click of a screen reader has no length. */
const TAP_MS = 150;

const isPressing = ({ key }: KeyboardEvent): boolean => key === ' ' || key === 'Enter';

/** The button: a short press toggles the lamp, ten seconds forget the Wi-Fi. */
export function BootButton({ board, isDisabled }: { board: number; isDisabled: boolean }) {
  const [isDown, setDown] = useState(false);

  function press(next: boolean): void {
    if (next === isDown) return;
    setDown(next);
    void attempt(ask('press', { board, isDown: next }));
  }
  async function tap(): Promise<void> {
    await attempt(ask('press', { board, isDown: true }));
    setTimeout(() => void attempt(ask('press', { board, isDown: false })), TAP_MS);
  }

  return (
    <button
      type="button"
      class="boot"
      disabled={isDisabled}
      aria-pressed={isDown}
      title="Toggles the lamp; held for ten seconds, the board forgets its Wi-Fi"
      onPointerDown={({ currentTarget, pointerId }) => {
        currentTarget.setPointerCapture(pointerId);
        press(true);
      }}
      onPointerUp={() => press(false)}
      onPointerCancel={() => press(false)}
      onBlur={() => press(false)}
      onKeyDown={(event) => {
        if (!isPressing(event)) return;
        event.preventDefault();
        press(true);
      }}
      onKeyUp={(event) => {
        if (isPressing(event)) press(false);
      }}
      onClick={({ detail }) => {
        if (detail === 0) void tap();
      }}
    >
      BOOT
    </button>
  );
}
