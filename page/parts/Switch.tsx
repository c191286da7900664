// A switch that shows what is reported, and not what was clicked.

import { useState } from 'preact/hooks';
import { attempt } from './Notices.tsx';

interface SwitchProps {
  /** What it switches, for those who do not see it. */
  label: string;
  isOn: boolean;
  isDisabled?: boolean;
  /** Asks for the change; resolves when it is done. */
  onSwitch(isOn: boolean): Promise<unknown>;
}

/** A switch. It waits for the truth before it moves. */
export function Switch({ label, isOn, isDisabled = false, onSwitch }: SwitchProps) {
  const [isWaiting, setWaiting] = useState(false);
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-label={label}
      aria-checked={isOn}
      aria-busy={isWaiting}
      disabled={isDisabled}
      onClick={async () => {
        setWaiting(true);
        await attempt(onSwitch(!isOn));
        setWaiting(false);
      }}
    >
      <span />
    </button>
  );
}
