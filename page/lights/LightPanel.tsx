// One light in full: to switch, what is wrong, its figures, their history, and forgetting it.

import { useEffect } from 'preact/hooks';
import { ask } from '../live.ts';
import { Icon } from '../parts/Icon.tsx';
import { attempt } from '../parts/Notices.tsx';
import { Panel } from '../parts/Panel.tsx';
import { percent } from '../parts/Slider.tsx';
import { figure, NONE, span } from '../parts/words.ts';
import type { Light, Program } from '../protocol.ts';
import { store, useDocument, useTick } from '../store.ts';
import { seenWords, uptimeOf } from './columns.tsx';
import { Dimmer, PowerSwitch } from './controls.tsx';
import { Forget } from './Forget.tsx';
import { History } from './History.tsx';
import { Bulb } from './LightRow.tsx';
import { RollOutRow, UpdateButton } from './RollOut.tsx';
import { SettingsForm } from './SettingsForm.tsx';

/** For what tells how long ago something was. */
const TICK_MS = 5_000;

function Controls({ light }: { light: Light }) {
  const { name, status, isOn, level } = light;
  return (
    <div class={`controls ${isOn ? '' : 'dark'}`}>
      <Bulb light={light} />
      <span class="state">
        {status !== 'online' ? status : isOn ? (level === undefined ? 'on' : percent(level)) : 'off'}
      </span>
      <PowerSwitch name={name} light={light} />
      {level !== undefined && <Dimmer name={name} light={light} />}
      <button
        type="button"
        disabled={status !== 'online'}
        onClick={() => void attempt(ask('identify', { lights: [name] }))}
      >
        Blink
      </button>
    </div>
  );
}

function Findings({ light: { findings } }: { light: Light }) {
  if (findings.length === 0) return null;
  return (
    <ul class="findings">
      {findings.map(({ kind, text }) => (
        <li key={kind} class="warn">
          <Icon name="warning" />
          <span>
            <b>{kind}</b> <bdi>{text}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What an update would do, in words. */
function programWords(program: Program, running: string | undefined): string {
  if ('problem' in program) return `No update: ${program.problem}`;
  return program.version === running ? `Up to date: ${program.version}` : `Here is ${program.version}`;
}

/** The figures of a light, in words. */
function facts(light: Light): [string, string][] {
  const { info } = light;
  const uptimeS = uptimeOf(light, store.serverMs());
  const because = (reason: string | undefined): string => (reason ? `, last: ${reason}` : '');
  return [
    ['Last seen', seenWords(light, store.serverMs())],
    ['Version', info.version ?? NONE],
    ['Address', info.ip ?? NONE],
    ['Client identifier', info.clientId ?? NONE],
    ['Signal', info.rssi === undefined ? NONE : `${info.rssi} dBm`],
    ['Up for', uptimeS === undefined ? NONE : span(uptimeS)],
    ['Restarts', figure(info.restarts) + because(info.lastRestartReason)],
    ['Reconnects', figure(info.reconnects) + because(info.lastReconnectReason)],
    ['Free variables', figure(info.freeVariables)],
    ['Free flash', info.flashFreeKB === undefined ? NONE : `${figure(info.flashFreeKB)} kB`],
  ];
}

function Facts({ light }: { light: Light }) {
  useTick(TICK_MS);
  return (
    <dl class="facts">
      {facts(light).map(([term, words]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>
            <bdi>{words}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The program of a light, and the settings that it can be given, where the server can roll out. */
function Care({ light: { name, status, info } }: { light: Light }) {
  const program = useDocument('program');
  const row = useDocument('rollOut')?.lights.find((each) => each.name === name);
  if (!program) return null;
  if (info.serial === undefined || info.slot === undefined)
    return <p class="care">Its program takes neither updates nor settings: flash it once by USB.</p>;
  const isReady = status === 'online';
  return (
    <section class="care">
      <p class="program">
        <span>{programWords(program, info.version)}</span>
        <UpdateButton names={isReady ? [name] : []} />
      </p>
      <details>
        <summary>Settings</summary>
        <SettingsForm names={[name]} isReady={isReady} />
      </details>
      {row && <RollOutRow row={row} />}
    </section>
  );
}

function Goodbye({ light, onDone }: { light: Light; onDone(): void }) {
  if (light.status === 'online') return null;
  return (
    <div class="goodbye">
      <p>Is it gone for good? Then the broker need not keep its last words.</p>
      <Forget names={[light.name]} onDone={onDone} />
    </div>
  );
}

/** A light in full; closes by itself when it is forgotten. */
export function LightPanel({ name, onClose }: { name: string; onClose(): void }) {
  const light = useDocument(`light/${name}`);
  useEffect(() => {
    if (!light) onClose();
  }, [light === undefined]);
  if (!light) return null;
  return (
    <Panel title={name} onClose={onClose}>
      <Controls light={light} />
      <Findings light={light} />
      <Facts light={light} />
      <History light={light} />
      <Care light={light} />
      <Goodbye light={light} onDone={onClose} />
    </Panel>
  );
}
