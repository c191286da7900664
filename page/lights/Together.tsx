// What is done to several lights at once: to those that are selected, or to a group.

import { useState } from 'preact/hooks';
import { ask } from '../live.ts';
import { attempt } from '../parts/Notices.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Slider } from '../parts/Slider.tsx';
import { count } from '../parts/words.ts';
import { FULL, type Command, type Light } from '../protocol.ts';
import { useDocument } from '../store.ts';
import { Forget } from './Forget.tsx';
import { UpdateButton } from './RollOut.tsx';
import { SettingsForm } from './SettingsForm.tsx';

const MAX_NAME_CHARS = 32;

const setAll = (lights: string[], command: Command): Promise<unknown> =>
  lights.length > 0 ? ask('set', { lights, command }) : Promise.reject(new Error('none of them is online'));

/** Asks for the name of a group. */
function SaveGroup({ names, onSaved }: { names: string[]; onSaved(group: string): void }) {
  const [isAsking, setAsking] = useState(false);
  if (!isAsking)
    return (
      <button type="button" onClick={() => setAsking(true)}>
        Save as a group
      </button>
    );
  return (
    <form
      class="save"
      onSubmit={async (event) => {
        event.preventDefault();
        const name = String(new FormData(event.currentTarget).get('name')).trim();
        if (await attempt(ask('group', { name, lights: names }))) onSaved(name);
        setAsking(false);
      }}
    >
      <input
        aria-label="Name of the group"
        placeholder="Name of the group"
        required
        pattern="[^\/+#]+"
        maxLength={MAX_NAME_CHARS}
        name="name"
        ref={(input) => input?.focus()}
      />
      <button type="submit">Save</button>
      <button type="button" class="quiet" onClick={() => setAsking(false)}>
        Cancel
      </button>
    </form>
  );
}

/** Gives lights other settings, in a panel. */
function SettingsButton({ names }: { names: string[] }) {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  if (!useDocument('program')) return null;
  return (
    <>
      <button type="button" disabled={names.length === 0} onClick={() => setOpen(true)}>
        Settings
      </button>
      {isOpen && (
        <Panel title={`Settings of ${count(names.length, 'light')}`} onClose={close}>
          <SettingsForm names={names} isReady={names.length > 0} onSent={close} />
        </Panel>
      )}
    </>
  );
}

/** Middle of what they show, for the slider to start from. */
function levelOf(lights: Light[]): number {
  const levels = lights.flatMap(({ level }) => level ?? []);
  return levels.length > 0 ? Math.round(levels.reduce((sum, level) => sum + level, 0) / levels.length) : FULL;
}

interface TogetherProps {
  lights: Light[];
  /** The group that is shown, when none is selected by hand. */
  group: string | undefined;
  onGroup(group: string | undefined): void;
  onDone(): void;
}

/** The bar for several lights. */
export function Together({ lights, group, onGroup, onDone }: TogetherProps) {
  const online = lights.filter(({ status }) => status === 'online').map(({ name }) => name);
  const dead = lights.filter(({ status }) => status !== 'online').map(({ name }) => name);
  return (
    <section class="together" aria-label="Several lights">
      <p>{group === undefined ? `${count(lights.length, 'light')} selected` : <bdi>{group}</bdi>}</p>
      <button type="button" onClick={() => void attempt(setAll(online, { state: 'ON' }))}>
        On
      </button>
      <button type="button" onClick={() => void attempt(setAll(online, { state: 'OFF' }))}>
        Off
      </button>
      <Slider
        label="Brightness of these lights"
        level={levelOf(lights)}
        isDisabled={online.length === 0}
        onLevel={(brightness) => setAll(online, { brightness })}
      />
      <button type="button" onClick={() => void attempt(ask('identify', { lights: online }))}>
        Blink
      </button>
      <UpdateButton names={online} />
      <SettingsButton names={online} />
      {group === undefined ? (
        <SaveGroup names={lights.map(({ name }) => name)} onSaved={onGroup} />
      ) : (
        <button
          type="button"
          onClick={async () => {
            if (await attempt(ask('group', { name: group, lights: [] }))) onGroup(undefined);
          }}
        >
          Remove the group
        </button>
      )}
      {group === undefined && dead.length === lights.length && <Forget names={dead} onDone={onDone} />}
      <button type="button" class="quiet" onClick={onDone}>
        {group === undefined ? 'Clear' : 'Show all'}
      </button>
    </section>
  );
}
