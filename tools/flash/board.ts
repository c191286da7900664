// Talks to one board: identifies it, evaluates expressions on it, and sends files.

import { toChars } from './packets.ts';
import { failure } from './exits.ts';
import type { Limits } from './limits.ts';
import { openLine, type Line } from './line.ts';

/** A board's own answer to what it is. */
export interface Identity {
  /** `process.env.BOARD` */
  board: string;
  /** `process.env.VERSION`, such as 2v27 */
  version: string;
}

/** How to send a file. */
interface SendOptions {
  packetBytes: number;
  onProgress(sentBytes: number): void;
}

/** How to talk to a board. */
interface BoardOptions {
  baud: number;
  limits: Limits;
  /** Says what to run when the chip has no interpreter. */
  ifBare: string;
}

/** An open connection to a board. */
export interface BoardLink {
  /**
   * Asks the board what it is, until it answers.
   * @param interrupt send Ctrl-C before the first question, which ends what the board is doing
   * @throws Failure silentBoard
   */
  identify(interrupt: boolean): Promise<Identity>;
  /**
   * Evaluates an expression on the board; the value travels as JSON.
   * @throws Failure lostInTransfer without an answer, verificationFailed when the expression throws
   */
  evaluate(expression: string, limitMs?: number): Promise<unknown>;
  /**
   * Sends a file to Storage, by the espruino package.
   * @throws Failure lostInTransfer
   */
  sendFile(name: string, bytes: Uint8Array, options: SendOptions): Promise<void>;
  onLine: Line['onLine'];
  closed: Promise<string>;
  close(): Promise<void>;
}

/** Ctrl-C, Ctrl-D, XON and XOFF: terminals and serial servers act on them, so no packet's length may look like one. */
const CONTROL_BYTES = [3, 4, 17, 19];

const CTRL_C = '\x03';

/** Ctrl-C with the first question and every fourth after it: a second one within seconds ends some interpreters. */
const QUESTIONS_PER_CTRL_C = 4;

/** A board that does not answer this many questions is reset. */
const QUESTIONS_BEFORE_RESET = 6;

/** Begins with DLE: no echo. The board puts the answer together, so that an echo does not match it. */
const QUESTION = '\x10print("<"+"light:"+[process.env.BOARD,process.env.VERSION]+">")\n';
const ANSWER = /<light:([^,>]*),([^>]*)>/;

/** Lines of the ROM and of ESP-IDF's boot loader on a chip that has nothing to run, over and over. */
const NOTHING_TO_BOOT = /invalid header: 0x|flash read err|No bootable app partitions/;

/** The ROM's line when BOOT was down at the reset: a reset without it may start an interpreter. */
const WAITS_FOR_DOWNLOAD = /waiting for download/;

const hasSafeLength = (length: number): boolean => !CONTROL_BYTES.includes(length & 255);

/** Finds the largest packet up to `wantedBytes` that is safe, and whose last packet of the file is safe, too. */
export function safePacketBytes(fileBytes: number, wantedBytes: number): number {
  let size = wantedBytes;
  while (!hasSafeLength(fileBytes % size) || !hasSafeLength(size)) size -= 1;
  return size;
}

const padded = (expression: string): string =>
  hasSafeLength(expression.length) ? expression : padded(`${expression} `);

function whySilent(text: string, { ifBare, isBare }: { ifBare: string; isBare: boolean }): string {
  if (isBare) return `this chip has no interpreter yet: ${ifBare}`;
  if (text.includes('password>')) return 'the console is locked with a password';
  if (text.trim() !== '')
    return `something talks on this port, but it is no Espruino prompt: without the interpreter on the board, ${ifBare}`;
  return `nothing answers: is it the right port? Press EN and try again; without the interpreter on the board, ${ifBare}`;
}

/** Watches for what a chip without an interpreter says. */
function watchBootLoader(line: Line) {
  const seen = { isBare: false, isHopeless: false };
  const forget = line.onLine((text) => {
    seen.isHopeless ||= NOTHING_TO_BOOT.test(text);
    seen.isBare ||= seen.isHopeless || WAITS_FOR_DOWNLOAD.test(text);
  });
  return { seen, forget };
}

async function identify(line: Line, interrupt: boolean, { limits, ifBare }: BoardOptions): Promise<Identity> {
  const { seen, forget } = watchBootLoader(line);
  try {
    const who = await ask(line, interrupt, limits, () => seen.isHopeless);
    if (who) return who;
    throw failure('silentBoard', whySilent(line.text(), { ifBare, isBare: seen.isBare }));
  } finally {
    forget();
  }
}

/** Asks until the board answers; undefined when it does not, or when it is hopeless. */
async function ask(
  line: Line,
  interrupt: boolean,
  limits: Limits,
  isHopeless: () => boolean,
): Promise<Identity | undefined> {
  const deadline = Date.now() + limits.identifyMs;
  const first = interrupt ? 0 : 2;
  for (let question = 0; Date.now() < deadline && !isHopeless(); question += 1) {
    if (question === QUESTIONS_BEFORE_RESET) await line.reset();
    const opening = question % QUESTIONS_PER_CTRL_C === first ? CTRL_C : '';
    line.clearText();
    await line.within(line.connection.write(opening + QUESTION), limits.evaluateMs);
    const answer = await line.waitForText(ANSWER, limits.identifyTryMs);
    if (answer) return { board: answer[1] ?? '', version: answer[2] ?? '' };
  }
  return undefined;
}

/** Turns an error of the package into a failure; the board prints its reason on the console. */
async function refusal(line: Line, error: unknown): Promise<unknown> {
  if (typeof error !== 'string') return error;
  if (!error.startsWith('NAK')) return failure('lostInTransfer', 'the board stopped answering');
  const why = await line.waitForText(/Uncaught ([^\r\n]+)[\r\n]/, 500);
  return failure('verificationFailed', `the board refused: ${why?.[1] ?? 'no reason given'}`);
}

/** Reads the value in a response packet; undefined when it answers an earlier question. */
function answerTo(tag: number, packet: string): { value: unknown } | undefined {
  try {
    const [answered, value] = JSON.parse(Buffer.from(packet.replace(/"/g, ''), 'base64').toString('latin1'));
    return answered === tag ? { value } : undefined;
  } catch {
    return undefined;
  }
}

async function evaluate(line: Line, tag: number, expression: string, limitMs: number): Promise<unknown> {
  const { connection } = line;
  let onPacket = (_type: number, _data: string) => {};
  const answer = new Promise<unknown>((resolve) => {
    onPacket = (_type, data) => {
      const found = answerTo(tag, data);
      if (found) resolve(found.value);
    };
  });
  connection.on('packet', onPacket);
  line.clearText();
  try {
    const packet = padded(`btoa(JSON.stringify([${tag},${expression}]))`);
    await line.within(connection.espruinoSendPacket('EVAL', packet, { timeout: limitMs }), limitMs + 500);
    return await line.within(answer, limitMs);
  } catch (error) {
    throw await refusal(line, error);
  } finally {
    connection.removeListener('packet', onPacket);
  }
}

async function sendFile(line: Line, name: string, bytes: Uint8Array, options: SendOptions & { uploadMs: number }) {
  const { packetBytes, onProgress, uploadMs } = options;
  const sending = line.connection.espruinoSendFile(name, toChars(bytes), {
    chunkSize: safePacketBytes(bytes.length, packetBytes),
    progress: (done, all) => onProgress(Math.max(0, Math.min(done - (all - bytes.length), bytes.length))),
  });
  try {
    await line.within(sending, uploadMs);
  } catch (error) {
    throw typeof error === 'string' ? failure('lostInTransfer', `the transfer broke: ${error}`) : error;
  }
}

/**
 * Opens the port of a board.
 * @throws Failure noSuchPort, portBusy, noPermission or badArguments
 */
export async function openBoard(path: string, options: BoardOptions): Promise<BoardLink> {
  const { baud, limits } = options;
  const line = await openLine(path, { baud, openMs: limits.openMs });
  let questions = 0;
  return {
    identify: (interrupt) => identify(line, interrupt, options),
    evaluate: (expression, limitMs = limits.evaluateMs) => evaluate(line, (questions += 1), expression, limitMs),
    sendFile: (name, bytes, options) => sendFile(line, name, bytes, { ...options, uploadMs: limits.uploadMs }),
    onLine: line.onLine,
    closed: line.closed,
    close: line.close,
  };
}
