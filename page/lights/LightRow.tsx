// A light in the list.

import { Icon } from '../parts/Icon.tsx';
import { percent } from '../parts/Slider.tsx';
import { NONE } from '../parts/words.ts';
import { FULL, type Light } from '../protocol.ts';
import { FIGURES } from './columns.tsx';
import { Dimmer, PowerSwitch } from './controls.tsx';

/** What a row does for the list. */
export interface RowActions {
  open(name: string): void;
  select(name: string, isSelected: boolean): void;
}

/** The lamp as it looks, for the eye alone. */
export function Bulb({ light: { isOn, level = FULL, status } }: { light: Light }) {
  const glow = isOn ? 0.25 + 0.75 * (level / FULL) : 0;
  return <span class={`bulb ${status}`} style={{ '--glow-part': glow }} aria-hidden="true" />;
}

/** Its name, and the first that is to be known of it. */
function Name({ light, onOpen }: { light: Light; onOpen(): void }) {
  const { name, findings, info } = light;
  return (
    <div role="cell" class="name">
      <Bulb light={light} />
      <button type="button" class="link" aria-haspopup="dialog" onClick={onOpen}>
        <bdi>{name}</bdi>
        {findings.length > 0 ? (
          <small class="warn">
            <Icon name="warning" />
            {findings.map(({ kind }) => kind).join(', ')}
          </small>
        ) : (
          <small>{info.ip ?? ' '}</small>
        )}
      </button>
    </div>
  );
}

function Brightness({ light }: { light: Light }) {
  const { name, isOn, level } = light;
  if (isOn === undefined) return <div role="cell">{NONE}</div>;
  return (
    <div role="cell" class={`brightness ${isOn ? '' : 'dark'}`}>
      {level !== undefined && (
        <>
          <Dimmer name={name} light={light} />
          <small>{isOn ? percent(level) : 'off'}</small>
        </>
      )}
    </div>
  );
}

interface LightRowProps {
  light: Light;
  nowMs: number;
  isSelected: boolean;
  /** Its place in the whole list, from 1. */
  index: number;
  topPx: number;
  actions: RowActions;
}

/** A row. */
export function LightRow({ light, nowMs, isSelected, index, topPx, actions }: LightRowProps) {
  const { name, status } = light;
  return (
    <div role="row" class={`row ${status}`} aria-rowindex={index + 1} style={{ transform: `translateY(${topPx}px)` }}>
      <div role="cell" class="check">
        <input
          type="checkbox"
          aria-label={`Select ${name}`}
          checked={isSelected}
          onChange={({ currentTarget }) => actions.select(name, currentTarget.checked)}
        />
      </div>
      <Name light={light} onOpen={() => actions.open(name)} />
      <div role="cell" class="status">
        {status}
      </div>
      <div role="cell" class="on">
        <PowerSwitch name={name} light={light} />
      </div>
      <Brightness light={light} />
      {FIGURES.map((column) => (
        <div role="cell" key={column.key} class={`figure ${column.key}`}>
          {column.show(light, nowMs)}
        </div>
      ))}
    </div>
  );
}
