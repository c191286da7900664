// What lights report: their topics and their info. Whatever comes over the wire, it stays small and never throws.

const FIGURES = ['rssi', 'uptimeS', 'freeVariables', 'flashFreeKB', 'reconnects', 'restarts'] as const;
const WORDS = [
  ...(['version', 'clientId', 'ip', 'lastReconnectReason', 'lastRestartReason'] as const),
  ...(['serial', 'slot', 'update'] as const), // of boards that take updates
];

/** What a light tells on its info topic (src/info.ts), as far as it is needed here; absent fields were missing or of a wrong type. */
export type Info = { [Key in (typeof FIGURES)[number]]?: number } & { [Key in (typeof WORDS)[number]]?: string };

/** Far more lights than one broker has; at about 10 kB each they fit the memory of any computer. */
export const MAX_LIGHTS = 5_000;

/** The firmware takes names of up to 32 bytes; a longer one is not of ours. */
export const MAX_NAME_CHARS = 64;
const MAX_WORD_CHARS = 64;

/** A word from the wire, as much of it as is kept. */
export const wordOf = (text: string): string => text.slice(0, MAX_WORD_CHARS);

/** The topics of a light that are read, behind `light/<name>/`. */
export const LEAVES = ['status', 'state', 'info'];

/** The light and the leaf that a topic is of; empty when it is of neither of the three. */
export function reportOf(topic: string): { name?: string; leaf?: string } {
  return /^light\/(?<name>[^/]+)\/(?<leaf>status|state|info)$/.exec(topic)?.groups ?? {};
}

/** Reads an info message; undefined when it is no JSON object. */
export function readInfo(payload: string): Info | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const told = parsed as Record<string, unknown>;
  const info: Info = {};
  for (const key of FIGURES) if (Number.isFinite(told[key])) info[key] = told[key] as number;
  for (const key of WORDS) if (typeof told[key] === 'string') info[key] = wordOf(told[key]);
  return info;
}
