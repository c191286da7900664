// Forgets lights that are gone, after a second question.

import { useState } from 'preact/hooks';
import { ask } from '../live.ts';
import { attempt } from '../parts/Notices.tsx';
import { count } from '../parts/words.ts';

/** A button that asks once more. */
export function Forget({ names, onDone }: { names: string[]; onDone(): void }) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking)
    return (
      <button type="button" onClick={() => setAsking(true)}>
        Forget
      </button>
    );
  return (
    <span class="ask" role="group" aria-label="Forget">
      Empty all that the broker keeps of {names.length === 1 ? <bdi>{names[0]}</bdi> : count(names.length, 'light')}?
      <button
        type="button"
        class="danger"
        onClick={async () => {
          if (await attempt(ask('forget', { lights: names }))) onDone();
          setAsking(false);
        }}
      >
        Forget
      </button>
      <button type="button" class="quiet" onClick={() => setAsking(false)}>
        Keep
      </button>
    </span>
  );
}
