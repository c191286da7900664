// JSON as lax as the interpreter's: it reads with the lexer of the language, and stops after the first value.

/** Makes the containers of the result, so that a board's objects belong to the board's own realm. */
export interface JsonRealm {
  object(): Record<string, unknown>;
  array(): unknown[];
}

/** How to read. */
interface LaxJsonOptions {
  /** Keys without quotes, as `Storage.readJSON` accepts them and `JSON.parse` does not. */
  bareKeys?: boolean;
  realm?: JsonRealm;
  /** The stack is used up; does not return. */
  onOverflow?: () => never;
}

/** Nothing checks how deep the values are. (A Linux build, with a stack of 64 kB and pointers of 8 bytes, crashes between 200 and 400.) */
const DEEPEST = 200;

const HOST_REALM: JsonRealm = { object: () => ({}), array: () => [] };

type Kind =
  'EOF' | 'STRING' | 'INT' | 'FLOAT' | 'ID' | 'true' | 'false' | 'null' | 'undefined' | 'UNFINISHED STRING' | 'mark';
interface Token {
  kind: Kind;
  text: string;
  value?: unknown;
}

const RESERVED = ['true', 'false', 'null', 'undefined'];
const BLANK = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const NUMBER = /0[xX][\da-fA-F_]*|0[bB][01_]*|0[oO][0-7_]*|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$\u00aa-\u00ff][\w$\u00aa-\u00ff]*/y;
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', a: '\x07' };
const ESCAPE = /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g;

function unescape(text: string): string {
  return text.replace(ESCAPE, (_, unicode?: string, hex?: string, octal?: string, other = '') => {
    const code = unicode ?? hex;
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
    return ESCAPES[other] ?? other;
  });
}

/**
 * Converts a numeral of the language: `0x10` is 16, `0b11` is 3, and a leading zero means octal (`010` is 8) unless a digit forbids it.
 */
export function lexNumber(text: string): number {
  const digits = text.replaceAll('_', '');
  if (/^0[xbo]$/i.test(digits)) return 0;
  if (/^0[0-7]+$/.test(digits)) return parseInt(digits, 8);
  return Number(digits);
}

function createLexer(text: string) {
  let at = 0;

  function match(pattern: RegExp): string {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  }

  function string(quote: string): Token {
    let end = at + 1;
    while (end < text.length && text[end] !== quote && (quote === '`' || text[end] !== '\n'))
      end += text[end] === '\\' ? 2 : 1;
    const body = text.slice(at + 1, end);
    const finished = text[end] === quote;
    at = end + 1;
    return finished
      ? { kind: 'STRING', text: `String:'${body}'`, value: unescape(body) }
      : { kind: 'UNFINISHED STRING', text: 'UNFINISHED STRING' };
  }

  return function next(): Token {
    match(BLANK);
    const character = text[at];
    if (character === undefined) return { kind: 'EOF', text: 'EOF' };
    if (character === '"' || character === "'" || character === '`') return string(character);
    const word = match(WORD);
    if (RESERVED.includes(word)) return { kind: word as Kind, text: word };
    if (word) return { kind: 'ID', text: `ID:${word}`, value: word };
    const digits = match(NUMBER);
    if (digits) return { kind: /^0[xbo]|^\d+$/i.test(digits) ? 'INT' : 'FLOAT', text: 'INT', value: lexNumber(digits) };
    const mark = text.startsWith('--', at) ? '--' : character;
    at += mark.length;
    return { kind: 'mark', text: mark };
  };
}

/** The result, without an exception, of a minus sign that no number follows. */
const NOTHING = Symbol('nothing');

function createParser(text: string, { bareKeys = false, realm = HOST_REALM, onOverflow }: LaxJsonOptions) {
  const next = createLexer(text);
  let token = next();
  let depth = 0;

  const fail = (message: string): never => {
    throw new SyntaxError(message);
  };
  const isMark = (mark: string): boolean => token.kind === 'mark' && token.text === mark;

  function skip(mark: string): void {
    if (!isMark(mark)) fail(`Got ${token.text} expected ${mark === ':' || mark === ',' ? `'${mark}'` : mark}`);
    token = next();
  }

  /** Goes on to the next token; gives the result of the last one. */
  function finish(result: unknown): unknown {
    token = next();
    return result;
  }

  function negative(): unknown {
    token = next();
    if (token.kind !== 'INT' && token.kind !== 'FLOAT') return NOTHING;
    return finish(-(token.value as number));
  }

  function array(): unknown {
    const result = realm.array();
    token = next();
    while (!isMark(']')) {
      const item = value();
      if (item === NOTHING) return NOTHING;
      if (!isMark(']')) skip(',');
      result.push(item);
    }
    return finish(result);
  }

  function object(): unknown {
    const result = realm.object();
    token = next();
    while (token.kind === 'STRING' || token.kind === 'INT' || token.kind === 'ID' || RESERVED.includes(token.kind)) {
      if (token.kind !== 'STRING' && !bareKeys) fail(`Got ${token.text} expected STRING`);
      const key = String(token.value ?? token.text);
      token = next();
      skip(':');
      const item = value();
      if (item === NOTHING) return NOTHING;
      if (!isMark('}')) skip(',');
      // Of equal keys the first wins: the interpreter appends, and finds the first.
      if (!Object.prototype.hasOwnProperty.call(result, key))
        Object.defineProperty(result, key, { value: item, writable: true, enumerable: true, configurable: true });
    }
    skip('}');
    return result;
  }

  function nested(read: () => unknown): unknown {
    if (++depth > DEEPEST) onOverflow?.();
    const result = read();
    depth -= 1;
    return result;
  }

  function value(): unknown {
    if (token.kind === 'true' || token.kind === 'false') return finish(token.kind === 'true');
    if (token.kind === 'null') return finish(null);
    if (token.kind === 'INT' || token.kind === 'FLOAT' || token.kind === 'STRING') return finish(token.value);
    if (isMark('-')) return negative();
    if (isMark('[')) return nested(array);
    if (isMark('{')) return nested(object);
    return fail(`Expecting valid value, got ${token.kind === 'mark' ? token.text : token.kind}`);
  }

  return value;
}

/**
 * Reads one value and ignores what follows it. Accepts, as the interpreter does, single quotes, trailing commas, `0x10`, `010` (8) and
 * comments; a minus sign without a number makes the whole result undefined. Throws SyntaxError.
 */
export function parseLaxJson(text: string, options: LaxJsonOptions = {}): unknown {
  const result = createParser(String(text), options)();
  return result === NOTHING ? undefined : result;
}
