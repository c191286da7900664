// The part of a mosquitto ACL file that belongs to one light: its login may do what the light needs, and nothing else.

import { DEFAULT_TOPIC, type Settings } from '../../settings/schema.ts';
import { announcementOf } from '../homeAssistant.ts';

/** Whose section it is, and what the light uses; one char per byte. */
export interface AclEntry {
  /** The light's name in its own topics. */
  name: string;
  /** Its login; no other light may have it. */
  username: string;
  settings: Pick<Settings, 'topics' | 'homeAssistant'>;
}

const BEGIN = '# begin of light ';
const END = '# end of light ';

/** mosquitto reads a user or a topic to the end of its line, without the blanks around it. */
function writable(text: string, what: string): string {
  if (text.trim() === text && !text.startsWith('#')) return text;
  throw new Error(
    `${what} ${JSON.stringify(text)} begins with # or a blank, or ends with one: mosquitto's ACL file cannot say that`,
  );
}

/** The lines of a light's section. */
function sectionOf({ name, username, settings }: AclEntry): string[] {
  const topics = [settings.topics ?? DEFAULT_TOPIC].flat().map((topic) => writable(topic, 'the topic'));
  const home = settings.homeAssistant ? ['topic read homeassistant/status', `topic read light/${name}/device`] : [];
  return [
    BEGIN + name,
    `user ${writable(username, 'the user name')}`,
    ...topics.map((topic) => `topic read ${topic}`),
    `topic read light/${name}/set`,
    `topic read light/${name}/update`,
    'topic read light/firmware/#',
    'topic read light/call',
    `topic readwrite light/${name}/status`,
    `topic write light/${name}/state`,
    `topic write light/${name}/info`,
    `topic write light/${name}/firmware`,
    `topic write light/${name}/log`,
    `topic write ${announcementOf(name)}`,
    ...home,
    END + name,
  ];
}

/** A section that is there already: its lines and its place. */
interface Section {
  name: string;
  from: number;
  /** Behind its last line. */
  to: number;
  username: string | undefined;
}

function sectionsOf(lines: string[]): Section[] {
  return lines.flatMap((line, from) => {
    if (!line.startsWith(BEGIN)) return [];
    const name = line.slice(BEGIN.length);
    const length = lines.slice(from).indexOf(END + name) + 1;
    const own = lines.slice(from, from + length);
    if (length === 0 || own.slice(1).some((each) => each.startsWith(BEGIN)))
      throw new Error(`line ${from + 1}: the section of light ${name} has no end: mend it or remove it`);
    const user = own.find((each) => each.startsWith('user '))?.slice('user '.length);
    return [{ name, from, to: from + length, username: user }];
  });
}

/** Rules behind a section belong to its user, whom a new section may change. */
function checkFollowers(lines: string[], { name, to }: Section): void {
  const next = lines.slice(to).findIndex((line) => /^\s*(user|topic)\s/.test(line) || line.startsWith(BEGIN));
  if (next >= 0 && /^\s*topic\s/.test(lines[to + next]!))
    throw new Error(
      `line ${to + next + 1} would change hands with the section of light ${name}: put a user line before it`,
    );
}

/**
 * Gives the text of an ACL file with the section of a light, which replaces its old one; all other lines stay as they are.
 * @throws Error with one line, when that would be wrong
 */
export function withSection(text: string, entry: AclEntry): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const bare = lines.map((line) => line.replace(/\r$/, ''));
  const sections = sectionsOf(bare);
  const section = sectionOf(entry);
  const other = sections.find(({ name, username }) => name !== entry.name && username === entry.username);
  if (other)
    throw new Error(
      `the login ${entry.username} is that of light ${other.name} already: each light needs its own (--username)`,
    );
  const old = sections.find(({ name }) => name === entry.name);
  if (!old) return [...lines, ...(lines.length > 0 ? [''] : []), ...section, ''].join('\n');
  if (bare.slice(old.from, old.to).join('\n') === section.join('\n')) return text;
  if (old.username !== entry.username) checkFollowers(bare, old);
  return [...lines.slice(0, old.from), ...section, ...lines.slice(old.to), ''].join('\n');
}
