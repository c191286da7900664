// A virtual board on the table: its picture, its state, its console, and what hands can do to it.

import { Dimmer, PowerSwitch } from '../lights/controls.tsx';
import { ask } from '../live.ts';
import { attempt } from '../parts/Notices.tsx';
import { Switch } from '../parts/Switch.tsx';
import type { Board } from '../protocol.ts';
import { useDocument } from '../store.ts';
import { BootButton } from './BootButton.tsx';
import { Lines } from './Lines.tsx';
import { Picture } from './Picture.tsx';

/** The state of a board in words. */
export function stateOf({ isPowered, isJoined, clientId }: Board): { words: string; tone: 'good' | 'bad' | '' } {
  if (!isPowered) return { words: 'unplugged', tone: '' };
  if (clientId !== undefined) return { words: 'connected', tone: 'good' };
  return { words: isJoined ? 'no broker' : 'no Wi-Fi', tone: 'bad' };
}

/** Its lamp by MQTT, as it reports itself. */
function Lamp({ name }: { name: string }) {
  const light = useDocument(`light/${name}`);
  return (
    <div class={`dimmer ${light?.isOn ? '' : 'dark'}`}>
      <PowerSwitch name={name} light={light} />
      <Dimmer name={name} light={light} />
    </div>
  );
}

function Hands({ board: { number, name, isPowered, clientId } }: { board: Board }) {
  return (
    <div class="hands">
      <label class="plug">
        <Switch
          label={`Power of ${name}`}
          isOn={isPowered}
          onSwitch={(isOn) => ask('power', { board: number, isOn })}
        />
        <span aria-hidden="true">Power</span>
      </label>
      <BootButton board={number} isDisabled={!isPowered} />
      <button
        type="button"
        disabled={clientId === undefined}
        title="The link goes dead, and neither side is told: the light notices it by itself"
        onClick={() => void attempt(ask('halfOpen', { board: number }))}
      >
        Cut the link
      </button>
      <button
        type="button"
        class="quiet"
        title="Writes program and settings anew"
        onClick={() => void attempt(ask('flash', { board: number }))}
      >
        Flash
      </button>
    </div>
  );
}

/** A board. */
export function BoardCard({ number }: { number: number }) {
  const board = useDocument(`board/${number}`);
  const lines = useDocument(`console/${number}`);
  if (!board) return null;
  const { name, isPowered, clientId, program } = board;
  const { words, tone } = stateOf(board);
  return (
    <section class="board" aria-label={name}>
      <Picture number={number} isPowered={isPowered} isConnected={clientId !== undefined} />
      <div class="beside">
        <h2>{name}</h2>
        <p class={`state ${tone}`}>{words}</p>
        <p class="muted id">{clientId ?? '\u00a0'}</p>
        {program === 'light' ? <Lamp name={name} /> : <p class="muted dimmer">Obeys on and off.</p>}
        <Hands board={board} />
      </div>
      <Lines title={`Console of ${name}`} lines={lines ?? []} />
    </section>
  );
}
