// Says what went wrong, at the foot of the page, for some seconds.

import { useEffect, useState } from 'preact/hooks';

const SHOWN_MS = 8_000;
const MAX_NOTICES = 3;

interface Notice {
  id: number;
  text: string;
}

let notices: Notice[] = [];
let made = 0;
let onChange = (): void => {};

function setNotices(next: Notice[]): void {
  notices = next.slice(-MAX_NOTICES);
  onChange();
}

/** Shows a line. The same line is shown once. */
export function notify(text: string): void {
  const id = (made += 1);
  setNotices([...notices.filter((notice) => notice.text !== text), { id, text }]);
  setTimeout(() => setNotices(notices.filter((notice) => notice.id !== id)), SHOWN_MS);
}

/** Waits for what was asked for, and says why it failed; gives whether it was done. */
export async function attempt(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    notify((error as Error).message);
    return false;
  }
}

/** The place where notices are shown. */
export function Notices() {
  const [, setCount] = useState(0);
  useEffect(() => {
    onChange = () => setCount((count) => count + 1);
  }, []);
  return (
    <div class="notices" role="status">
      {notices.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
