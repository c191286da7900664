// The console of an Espruino interpreter as a host sees it: prompt, echo, Ctrl-C, and the acknowledged packets of 2v25 and later.

/** Packet kinds (Espruino's README_Protocol.md): the upper three bits of the length. */
const RESPONSE = 0;
const EVAL = 0x2000;
const FILE_SEND = 0x6000;
const DATA = 0x8000;
const KIND_MASK = 0xe000;
const LENGTH_MASK = 0x1fff;

const [SOH, CTRL_C, ACK, DLE, NAK] = [1, 3, 6, 16, 21];

/** What the console needs of the interpreter behind it. */
export interface Interpreter {
  /** Runs text; returns the value, or throws what the program throws. */
  evaluate(text: string): unknown;
  writeFile(name: string, data: string, offset: number, size: number): void;
  /** Chars to the host. */
  print(text: string): void;
}

/** How the console misbehaves. */
export interface ConsoleFaults {
  /** Refuses this many DATA packets, as after lost bytes. */
  refusePackets?: number;
  /** Flips a bit in this many DATA packets. */
  corruptPackets?: number;
  /** Knows no packets, as interpreters before 2v25. */
  isOld?: boolean;
}

/** The value as the interpreter prints it: a JavaScript literal. */
const literal = (value: unknown): string => (value === undefined ? 'undefined' : JSON.stringify(value));

const flipped = (data: string): string => String.fromCharCode(data.charCodeAt(0) ^ 1) + data.slice(1);

/** Creates a console. Feed it what the host sends, one char per byte. */
export function createScriptedConsole(interpreter: Interpreter, faults: ConsoleFaults) {
  let line = '';
  let isQuiet = false;
  let previous = 0;
  let packet: string | undefined;
  let upload: { name: string; size: number; offset: number } | undefined;

  const { print } = interpreter;
  const send = (...codes: number[]) => print(String.fromCharCode(...codes));
  const printError = (error: unknown) => print(`Uncaught ${String(error)}\r\n    at line 1 col 1\r\n`);

  function evaluatePacket(text: string): void {
    let answer: string;
    try {
      answer = literal(interpreter.evaluate(text));
    } catch (error) {
      send(NAK);
      printError(error);
      return print('>');
    }
    send(ACK, DLE, SOH, (RESPONSE | answer.length) >> 8, answer.length & 255);
    print(answer);
  }

  function beginUpload(text: string): void {
    const { fn, s } = JSON.parse(text) as { fn: string; s: number };
    upload = { name: fn, size: s, offset: 0 };
    send(ACK);
  }

  function storeData(data: string): void {
    if (!upload || (faults.refusePackets ?? 0) > 0) {
      faults.refusePackets = (faults.refusePackets ?? 0) - 1;
      return send(NAK);
    }
    const isCorrupt = (faults.corruptPackets ?? 0) > 0;
    if (isCorrupt) faults.corruptPackets = (faults.corruptPackets ?? 0) - 1;
    try {
      interpreter.writeFile(upload.name, isCorrupt ? flipped(data) : data, upload.offset, upload.size);
    } catch (error) {
      printError(error);
    }
    upload.offset += data.length;
    // The interpreter acknowledges even what the flash has refused: only reading the file shows it.
    send(ACK);
  }

  function endPacket(flags: number, data: string): void {
    packet = undefined;
    const kind = flags & KIND_MASK;
    if (kind === EVAL) evaluatePacket(data);
    else if (kind === FILE_SEND) beginUpload(data);
    else if (kind === DATA) storeData(data);
    else send(NAK);
  }

  function collect(char: string): void {
    packet += char;
    const held = packet ?? '';
    if (held.length < 2) return;
    const flags = (held.charCodeAt(0) << 8) | held.charCodeAt(1);
    if (held.length >= 2 + (flags & LENGTH_MASK)) endPacket(flags, held.slice(2));
  }

  function runLine(): void {
    const text = line;
    const wasQuiet = isQuiet;
    line = '';
    isQuiet = false;
    if (!wasQuiet) print('\r\n');
    try {
      const value = text === '' ? undefined : interpreter.evaluate(text);
      if (!wasQuiet && text !== '') print(`=${literal(value)}\r\n`);
    } catch (error) {
      printError(error);
    }
    print('>');
  }

  function type(code: number): void {
    if (code === CTRL_C) {
      line = '';
      isQuiet = false;
      return print('\r\x1b[J\r\n>');
    }
    if (code === DLE) {
      if (line === '') isQuiet = true;
    } else if (code === SOH && previous === DLE && !faults.isOld) packet = '';
    else if (code === 10 || code === 13) runLine();
    else {
      line += String.fromCharCode(code);
      if (!isQuiet) print(String.fromCharCode(code));
    }
  }

  return {
    feed(chars: string): void {
      for (const char of chars) {
        const code = char.charCodeAt(0);
        if (packet !== undefined) collect(char);
        else type(code);
        previous = code;
      }
    },
    /** Forgets everything, as a restart does. */
    restart(): void {
      line = '';
      isQuiet = false;
      packet = undefined;
      upload = undefined;
    },
  };
}
