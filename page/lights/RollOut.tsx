// Updates and new settings on their way: how far each light is, by its own word.

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../live.ts';
import { attempt } from '../parts/Notices.tsx';
import { count } from '../parts/words.ts';
import type { RollOut } from '../protocol.ts';
import { useDocument } from '../store.ts';

type Row = RollOut['lights'][number];
type Stage = Row['stage'];

/** In the order in which they matter. */
const STAGES: Stage[] = ['failed', 'running', 'done', 'waiting'];

const SIGNS: Record<Stage, string> = { failed: '✗', running: '…', done: '✓', waiting: '·' };

/** Enough to see what happens; the counts tell of all. */
const MAX_ROWS = 40;

/** One light of a roll-out. */
export function RollOutRow({ row: { name, stage, words, percent } }: { row: Row }) {
  return (
    <p class={`step ${stage}`}>
      <span role="img" aria-label={stage}>
        {SIGNS[stage]}
      </span>
      <bdi class="who">{name}</bdi>
      <bdi>{words || stage}</bdi>
      {percent !== undefined && <progress aria-label={`Progress of ${name}`} max={100} value={percent} />}
    </p>
  );
}

function Rows({ rows }: { rows: Row[] }) {
  const left = rows.length - MAX_ROWS;
  return (
    <>
      {rows.slice(0, MAX_ROWS).map((row) => (
        <RollOutRow key={row.name} row={row} />
      ))}
      {left > 0 && <p class="muted">and {left} more</p>}
    </>
  );
}

/** What was rolled out last, until it is dismissed. */
export function RollOutView() {
  const rollOut = useDocument('rollOut');
  const isRunning = rollOut?.isRunning ?? false;
  const [isDismissed, setDismissed] = useState(false);
  useEffect(() => {
    if (isRunning) setDismissed(false);
  }, [isRunning]);
  if (!rollOut || isDismissed) return null;
  const { title, lights, lines } = rollOut;
  const byStage = STAGES.map((stage) => lights.filter((row) => row.stage === stage));
  const counts = byStage.flatMap((rows) => (rows[0] ? `${rows.length} ${rows[0].stage}` : []));
  return (
    <section class="rollout" aria-label="Roll-out">
      <header>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p role="status">{counts.join(', ')}</p>
        {isRunning ? (
          <button type="button" onClick={() => void attempt(ask('stopRollOut', {}))}>
            Stop
          </button>
        ) : (
          <button type="button" class="quiet" onClick={() => setDismissed(true)}>
            Dismiss
          </button>
        )}
      </header>
      <Rows rows={byStage.flat()} />
      {lines.map((line, at) => (
        <p key={at} class="muted">
          {line}
        </p>
      ))}
    </section>
  );
}

/** Updates lights that are online. */
export function UpdateButton({ names }: { names: string[] }) {
  const program = useDocument('program');
  const rollOut = useDocument('rollOut');
  if (!program || 'problem' in program) return null;
  return (
    <button
      type="button"
      disabled={names.length === 0 || rollOut?.isRunning}
      title={`${count(names.length, 'light')} to ${program.version}`}
      onClick={() => void attempt(ask('update', { lights: names }))}
    >
      Update
    </button>
  );
}
