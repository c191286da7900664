// What to show: filters with their counts, groups, words to search for, and the roll call.

import { ask } from '../live.ts';
import { Icon } from '../parts/Icon.tsx';
import { attempt, notify } from '../parts/Notices.tsx';
import { figure } from '../parts/words.ts';
import type { Groups, Light } from '../protocol.ts';
import { COLUMNS } from './columns.tsx';
import { FILTERS, type Choice, type Filter } from './list.ts';

interface ChipProps {
  title: string;
  number: number;
  isChosen: boolean;
  onChoose(): void;
}

function Chip({ title, number, isChosen, onChoose }: ChipProps) {
  return (
    <button type="button" class="chip" aria-pressed={isChosen} onClick={onChoose}>
      <bdi>{title}</bdi> <b>{figure(number)}</b>
    </button>
  );
}

interface ToolbarProps {
  lights: Light[];
  groups: Groups;
  choice: Choice;
  choose(change: Partial<Choice>): void;
}

function Filters({ lights, choice, choose }: ToolbarProps) {
  return (
    <div class="chips" role="group" aria-label="Show">
      {(Object.keys(FILTERS) as Filter[]).map((filter) => (
        <Chip
          key={filter}
          title={FILTERS[filter].title}
          number={lights.filter(FILTERS[filter].test).length}
          isChosen={choice.filter === filter}
          onChoose={() => choose({ filter })}
        />
      ))}
    </div>
  );
}

function GroupChips({ groups, choice, choose }: ToolbarProps) {
  const names = Object.keys(groups);
  if (names.length === 0) return null;
  return (
    <div class="chips" role="group" aria-label="Groups">
      {names.map((group) => (
        <Chip
          key={group}
          title={group}
          number={groups[group]!.length}
          isChosen={choice.group === group}
          onChoose={() => choose({ group: choice.group === group ? undefined : group })}
        />
      ))}
    </div>
  );
}

async function callRoll(): Promise<void> {
  if (await attempt(ask('call', {}))) notify('Called. Each light reports again within ten seconds.');
}

/** Phones have no heads of columns to click at. */
function SortMenu({ choice, choose }: ToolbarProps) {
  return (
    <label class="sort">
      Sort by{' '}
      <select
        value={choice.sortBy}
        onChange={({ currentTarget }) => choose({ sortBy: currentTarget.value, isDown: false })}
      >
        {COLUMNS.map(({ key, title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The tools above the list. */
export function Toolbar(props: ToolbarProps) {
  const { choice, choose } = props;
  return (
    <div class="toolbar">
      <Filters {...props} />
      <GroupChips {...props} />
      <div class="tools">
        <SortMenu {...props} />
        <label class="search">
          <Icon name="search" />
          <input
            type="search"
            placeholder="Name, address, version"
            aria-label="Search for a name, an address or a version"
            value={choice.words}
            onInput={({ currentTarget }) => choose({ words: currentTarget.value })}
          />
        </label>
        <button type="button" class="quiet" title="Ask each light to report again" onClick={() => void callRoll()}>
          Roll call
        </button>
      </div>
    </div>
  );
}
