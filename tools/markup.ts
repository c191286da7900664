// Text in HTML and SVG.

/** Escapes a text for the content of an element; not for an attribute, where quotes matter too. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
