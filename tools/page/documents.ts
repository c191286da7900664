// The documents that pages show: JSON by key. Only what changes is told.

import type { DocumentOf, Documents } from '../../page/protocol.ts';

type Key = keyof Documents;

/** A key of a document, such as `place` or `light/desk`. */
type DocumentKey<K extends Key = Key> = K extends `${infer Kind}/*` ? `${Kind}/${string}` : K;

/** Creates an empty set of documents. */
export function createDocuments() {
  const texts = new Map<string, string>();
  const listeners = new Set<(key: string) => void>();
  const tell = (key: string): void => listeners.forEach((listener) => listener(key));

  return {
    /** Changes a document; an equal one is no change. */
    set<K extends DocumentKey>(key: K, value: DocumentOf<K>): void {
      const text = JSON.stringify(value);
      if (texts.get(key) === text) return;
      texts.set(key, text);
      tell(key);
    },
    drop(key: DocumentKey): void {
      if (texts.delete(key)) tell(key);
    },
    /** Its JSON; undefined when it is not there. */
    text: (key: string): string | undefined => texts.get(key),
    keys: (): string[] => [...texts.keys()],
    /** Calls back with each key that changes; returns what ends that. */
    onChange(listener: (key: string) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The documents that pages show. */
export type DocumentSet = ReturnType<typeof createDocuments>;
