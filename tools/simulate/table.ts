// The virtual boards as documents: lamp, console and state of each; and what hands can do to them.

import type { Board, World } from '../../page/protocol.ts';
import type { LastWords, VirtualBoard } from '../../sim/board/board.ts';
import type { PinProbe } from '../../sim/board/pin.ts';
import type { House } from '../../sim/house.ts';
import { readFlag, readWhole, type ActionTable } from '../page/actions.ts';
import type { DocumentSet } from '../page/documents.ts';
import { storyProgram } from './story.ts';

/** A frame of a screen, or two. */
const LOOK_MS = 33;

const MAX_LINES = 60;
const MAX_LINE_CHARS = 200;

const LAMP = 'D5';
const BUTTON = 'D0';

/** The firmware dims by this power (src/led.ts): its inverse is what the eye sees. */
const GAMMA = 2.2;

/** Who tells the story. */
const ACTORS = [1, 2];

/** The name that the firmware gives itself on a chip with that serial number. */
export const nameOf = (board: VirtualBoard): string => `light-${board.serial.replace('-', '')}`;

/** The last lines, with one more. */
export const withLine = (lines: string[], line: string): string[] =>
  [...lines, line.slice(0, MAX_LINE_CHARS)].slice(1 - MAX_LINES);

/** What a line of the console says of the board; nothing for most. */
function changeBy(line: string, { drops }: Board): Partial<Board> {
  const clientId = /^mqtt connected as (\w+)/.exec(line)?.[1];
  if (clientId !== undefined) return { clientId };
  if (/^(mqtt down|thrown off)/.test(line)) return { clientId: undefined, drops: drops + 1 };
  if (/^wifi up/.test(line)) return { isJoined: true };
  if (/^wifi down/.test(line)) return { isJoined: false, clientId: undefined };
  return /^rst:/.test(line) ? { isJoined: false, clientId: undefined } : {};
}

/** What the table stands on. */
export interface TableOptions {
  house: House;
  documents: DocumentSet;
  /** The text of dist/firmware.js. */
  firmware: string;
  /** The settings of every board. */
  config: { wifi: { ssid: string; password: string }; broker: string };
  /** Whether anybody looks: a thousand lamps are worth no look otherwise. */
  isWatched(): boolean;
  /** Tells of a change in the world. */
  setWorld(change: Partial<World>): void;
}

/** Creates an empty table; boards of the house are shown with their first line, or their power. */
export function createTable({ house, documents, firmware, config, isWatched, setWorld }: TableOptions) {
  const states = new Map<number, Board>();
  const consoles = new Map<number, string[]>();
  const lamps: { board: VirtualBoard; key: `lamp/${number}`; pin: PinProbe; duty: number }[] = [];

  function boardAt(number: number): VirtualBoard {
    const board = house.boards[number - 1];
    if (!board) throw new Error('there is no such board');
    return board;
  }

  function change(number: number, next: Partial<Board>): void {
    const state = states.get(number);
    if (!state) return;
    states.set(number, { ...state, ...next });
    documents.set(`board/${number}`, states.get(number)!);
  }

  function look(): void {
    if (!isWatched()) return;
    for (const lamp of lamps) {
      const duty = lamp.board.isOn() ? lamp.pin.duty() : 0;
      if (duty === lamp.duty) continue;
      lamp.duty = duty;
      documents.set(lamp.key, Math.round(1000 * duty ** (1 / GAMMA)) / 1000);
    }
  }

  function setPower(number: number, isOn: boolean, lastWords: LastWords = 'silent'): void {
    const board = boardAt(number);
    if (isOn) board.powerOn();
    else board.powerOff(lastWords);
    change(number, { isPowered: isOn, ...(isOn ? {} : { isJoined: false, clientId: undefined }) });
  }

  /** Writes a program and the settings, and starts the board anew. */
  function flash(number: number, program: Board['program']): void {
    const board = boardAt(number);
    const text = program === 'light' ? firmware : storyProgram({ ...config.wifi, broker: config.broker });
    setPower(number, false, 'fin'); // so that the broker's log tells of identifiers alone, and not of the power
    board.storage.install('.bootcde', text);
    board.storage.install('light.json', JSON.stringify(config));
    setPower(number, true);
    change(number, { program, drops: 0 });
  }

  function tellStory(isShared: boolean): void {
    ACTORS.forEach(boardAt);
    for (const number of ACTORS) flash(number, isShared ? 'story' : 'light');
    setWorld({ story: isShared ? 'shared' : 'healed' });
  }

  const readBoard = (value: unknown): number => readWhole(value, 'board', 1, house.boards.length);
  const timer = setInterval(look, LOOK_MS);
  return {
    /** Puts the newest board of the house on the table. */
    add(): void {
      const number = house.boards.length;
      const board = boardAt(number);
      const name = nameOf(board);
      lamps.push({ board, key: `lamp/${number}`, pin: board.pin(LAMP), duty: 0 });
      states.set(number, {
        ...{ number, name, isPowered: true, isJoined: false, clientId: undefined, program: 'light', drops: 0 },
      });
      change(number, {});
      documents.set(`console/${number}`, []);
    },
    /** Shows a line of a board's console. */
    note(board: VirtualBoard, line: string): void {
      const number = house.boards.indexOf(board) + 1;
      const state = states.get(number);
      if (!state) return;
      consoles.set(number, withLine(consoles.get(number) ?? [], line));
      documents.set(`console/${number}`, consoles.get(number)!);
      change(number, changeBy(line, state));
    },
    actions: {
      press({ board, isDown }) {
        const down = readFlag(isDown, 'isDown');
        boardAt(readBoard(board))
          .pin(BUTTON)
          .drive(down ? 0 : undefined);
      },
      power: ({ board, isOn }) => setPower(readBoard(board), readFlag(isOn, 'isOn')),
      flash: ({ board }) => flash(readBoard(board), 'light'),
      halfOpen({ board }) {
        const { faults, accessPoint } = boardAt(readBoard(board));
        if (!accessPoint.isOn()) throw new Error('without Wi-Fi there is no link to break');
        faults.drop(); // what exists is half-open for ever,
        faults.heal(); // what comes is not
      },
      story: ({ isShared }) => tellStory(readFlag(isShared, 'isShared')),
    } satisfies ActionTable,
    close: (): void => clearInterval(timer),
  };
}

/** A table. */
export type Table = ReturnType<typeof createTable>;
