// Small drawings, each of one line; they say nothing that words beside them do not say.

const PATHS = {
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4 14 14',
  warning: 'M8 2.2 14.6 13.5H1.4zM8 6.5v3M8 11.3v.6',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  done: 'M3 8.5l3.2 3.2L13 5',
} as const;

/** A drawing beside a word. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
