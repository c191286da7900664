// Lines of a console or a log; stays at the end, unless one has scrolled up to read.

import { useEffect, useRef } from 'preact/hooks';

/** Nearer to the end than this counts as there. */
const NEAR_PX = 40;

/** What a line tells at a glance. */
function tone(line: string): string {
  if (/mqtt down|thrown off|wifi down|already connected|is gone|rst:|Uncaught/.test(line)) return 'bad';
  return /\bconnected|wifi up|is back/.test(line) ? 'good' : '';
}

/** The lines. */
export function Lines({ title, lines }: { title: string; lines: string[] }) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines]);
  return (
    <div
      class="lines"
      role="region"
      aria-label={title}
      tabIndex={0}
      ref={box}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      }}
    >
      {lines.length === 0 && <p>–</p>}
      {lines.map((line, at) => (
        <p key={at} class={tone(line)}>
          {line}
        </p>
      ))}
    </div>
  );
}
