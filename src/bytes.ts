// Text as UTF-8 bytes, one char per byte.

/** What an interpreter with Unicode strings has of `E`. */
interface Unicode {
  isUTF8?(text: string): boolean;
  fromUTF8?(text: string): string;
}

/** Turns a text into its bytes. */
export function toBytes(E: Unicode, text: string): string {
  return E.isUTF8 && E.isUTF8(text) ? E.fromUTF8!(text) : text;
}
