// The world around the boards: what to break, and what to try.

import { useState } from 'preact/hooks';
import { ask } from '../live.ts';
import { Icon } from '../parts/Icon.tsx';
import { attempt } from '../parts/Notices.tsx';
import { Slider } from '../parts/Slider.tsx';
import { Switch } from '../parts/Switch.tsx';
import type { World } from '../protocol.ts';

const COPIED_MS = 2_000;

function Breakable({ world: { isBrokerUp, isWifiUp, isFlooding } }: { world: World }) {
  return (
    <section aria-label="The world">
      <h2>The world</h2>
      <p class="muted">Break it, and watch the lights come back.</p>
      <div class="line">
        <span>Broker</span>
        <Switch label="Broker" isOn={isBrokerUp} onSwitch={(broker) => ask('world', { broker })} />
      </div>
      <div class="line">
        <span>Wi-Fi</span>
        <Switch label="Wi-Fi" isOn={isWifiUp} onSwitch={(wifi) => ask('world', { wifi })} />
      </div>
      <div class="line">
        <span>A flood of commands</span>
        <button type="button" disabled={isFlooding || !isBrokerUp} onClick={() => void attempt(ask('flood', {}))}>
          {isFlooding ? 'Flooding …' : 'Start'}
        </button>
      </div>
    </section>
  );
}

/** A page that is not on this computer may not copy: then the line is there to be selected. */
function Copy({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      type="button"
      onClick={async () => {
        if (!(await attempt(navigator.clipboard.writeText(text)))) return;
        setCopied(true);
        setTimeout(() => setCopied(false), COPIED_MS);
      }}
    >
      <Icon name={isCopied ? 'done' : 'copy'} /> {isCopied ? 'Copied' : 'Copy'}
    </button>
  );
}

/** A command, broken between its words alone. */
function Command({ text }: { text: string }) {
  return (
    <code>
      {text.split(' ').map((word, at) => (
        <span key={at}>
          {at > 0 && ' '}
          <span class="word">{word}</span>
        </span>
      ))}
    </code>
  );
}

function Try({ world: { command, topic } }: { world: World }) {
  const [level, setLevel] = useState(128);
  return (
    <section aria-label="Try it">
      <h2>Try it</h2>
      <p class="muted">In a terminal:</p>
      <Command text={command} />
      <Copy text={command} />
      <p class="muted">
        Or here, to the same topic, <code>{topic}</code>:
      </p>
      <Slider
        label="Brightness of all"
        level={level}
        onLevel={(brightness) => {
          setLevel(brightness);
          return ask('shared', { brightness });
        }}
      />
    </section>
  );
}

/** The panel beside the table. */
export function WorldPanel({ world }: { world: World }) {
  return (
    <aside class="world" aria-label="The world, to break and to try">
      <Breakable world={world} />
      <Try world={world} />
    </aside>
  );
}
