// The documents as the server tells them. Views read them by hooks, and draw again when theirs has changed.

import { useEffect, useState } from 'preact/hooks';
import type { DocumentOf, Documents } from './protocol.ts';

type Key = keyof Documents;

/** Whether the server is there. */
export type LinkState = 'opening' | 'open' | 'lost' | 'refused';

/** Creates an empty store. */
export function createStore() {
  const documents = new Map<string, unknown>();
  const listeners = new Map<string, Set<() => void>>();
  let link: LinkState = 'opening';
  let aheadMs = 0; // of our clock

  let changes = 0;

  const tell = (name: string): void => listeners.get(name)?.forEach((listener) => listener());
  /** `light/desk` is one of `light/*`. */
  const family = (key: string): string => `${key.split('/', 1)[0]}/*`;

  return {
    get: (key: string): unknown => documents.get(key),
    /** All documents of a family, in the order in which they came. */
    all(name: string): unknown[] {
      const start = name.slice(0, -1);
      return [...documents].flatMap(([key, value]) => (key.startsWith(start) ? [value] : []));
    },
    /** Grows with each change. */
    changes: (): number => changes,
    take(set: Record<string, unknown>, drop: string[]): void {
      for (const [key, value] of Object.entries(set)) documents.set(key, value);
      for (const key of drop) documents.delete(key);
      const keys = [...Object.keys(set), ...drop];
      changes += 1;
      for (const name of new Set([...keys, ...keys.map(family)])) tell(name);
    },
    /** A new link tells everything anew. */
    clear: (): void => documents.clear(),
    link: (): LinkState => link,
    setLink(next: LinkState): void {
      link = next;
      changes += 1;
      tell('link');
    },
    /** The server's clock, which may differ from ours. */
    serverMs: (): number => Date.now() - aheadMs,
    setServerMs: (ms: number): void => void (aheadMs = Date.now() - ms),
    /** Calls back when a document, a family, or the link changes; returns what ends that. */
    listen(name: string, listener: () => void): () => void {
      const those = listeners.get(name) ?? new Set();
      listeners.set(name, those.add(listener));
      return () => void those.delete(listener);
    },
  };
}

/** The store of this page. */
export const store = createStore();

function useChanges(name: string): void {
  const [, setCount] = useState(0);
  const drawn = store.changes();
  useEffect(() => {
    const again = (): void => setCount((count) => count + 1);
    if (store.changes() !== drawn) again(); // it may have changed before we listened
    return store.listen(name, again);
  }, [name]);
}

/** A document; undefined until it has come. */
export function useDocument<K extends string>(key: K): DocumentOf<K> | undefined {
  useChanges(key);
  return store.get(key) as DocumentOf<K> | undefined;
}

/** All documents of a family, such as `light/*`. */
export function useDocuments<K extends Key & `${string}/*`>(family: K): Documents[K][] {
  useChanges(family);
  return store.all(family) as Documents[K][];
}

/** Whether the server is there. */
export function useLink(): LinkState {
  useChanges('link');
  return store.link();
}

/** Draws again after so many milliseconds, for what tells how long ago something was. */
export function useTick(everyMs: number): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setCount((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
