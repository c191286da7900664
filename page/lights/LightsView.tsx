// The lights of a broker: tools, the list, and one light in full.

import { useState } from 'preact/hooks';
import { Icon } from '../parts/Icon.tsx';
import type { Light } from '../protocol.ts';
import { useDocument, useDocuments } from '../store.ts';
import { LightList } from './LightList.tsx';
import { LightPanel } from './LightPanel.tsx';
import { COLUMNS } from './columns.tsx';
import { FIRST_CHOICE, shownLights, type Choice } from './list.ts';
import { RollOutView } from './RollOut.tsx';
import { Together } from './Together.tsx';
import { Toolbar } from './Toolbar.tsx';

/** The same key again turns the order round. */
function sorted({ sortBy, isDown }: Choice, key: string): Partial<Choice> {
  const isDownFirst = COLUMNS.find((column) => column.key === key)?.isDownFirst ?? false;
  return { sortBy: key, isDown: key === sortBy ? !isDown : isDownFirst };
}

/** What the doctor says of all lights together. */
function Fleet() {
  const findings = useDocument('fleet') ?? [];
  return (
    <>
      {findings.map(({ kind, text }) => (
        <p key={kind} class="fleet warn">
          <Icon name="warning" />
          {kind}: <bdi>{text}</bdi>
        </p>
      ))}
    </>
  );
}

function Empty({ isEmpty }: { isEmpty: boolean }) {
  return (
    <p class="empty">
      {isEmpty
        ? 'No light has been heard of yet. Lights that run report within seconds of their start; a roll call makes all of them report.'
        : 'No light fits.'}
    </p>
  );
}

/** The selection: names, and what changes it. */
function useSelection(lights: Light[]) {
  const [names, setNames] = useState<ReadonlySet<string>>(new Set());
  return {
    names,
    lights: lights.filter(({ name }) => names.has(name)),
    select(name: string, isSelected: boolean): void {
      setNames((before) => {
        const next = new Set(before);
        if (isSelected) next.add(name);
        else next.delete(name);
        return next;
      });
    },
    setAll: (all: Light[]): void => setNames(new Set(all.map(({ name }) => name))),
  };
}

/** The view. */
export function LightsView() {
  const lights = useDocuments('light/*');
  const groups = useDocument('groups') ?? {};
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const [opened, open] = useState<string>();
  const choose = (change: Partial<Choice>): void => setChoice((before) => ({ ...before, ...change }));
  const shown = shownLights(lights, groups, choice);
  const selection = useSelection(lights);
  const isByHand = selection.lights.length > 0;
  const together = isByHand ? selection.lights : choice.group === undefined ? [] : shown;

  return (
    <>
      <Fleet />
      <RollOutView />
      <Toolbar lights={lights} groups={groups} choice={choice} choose={choose} />
      {(isByHand || choice.group !== undefined) && (
        <Together
          lights={together}
          group={isByHand ? undefined : choice.group}
          onGroup={(group) => {
            selection.setAll([]);
            choose({ group });
          }}
          onDone={() => (isByHand ? selection.setAll([]) : choose({ group: undefined }))}
        />
      )}
      <LightList
        lights={shown}
        selected={selection.names}
        choice={choice}
        actions={{ open, select: selection.select }}
        onSort={(key) => choose(sorted(choice, key))}
        onSelectAll={(isSelected) => selection.setAll(isSelected ? shown : [])}
      />
      {shown.length === 0 && <Empty isEmpty={lights.length === 0} />}
      {opened !== undefined && <LightPanel name={opened} onClose={() => open(undefined)} />}
    </>
  );
}
