// A board with a scripted interpreter on a TCP port, for tests of the flash tool; it misbehaves in every way on demand.

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createScriptedChip } from './scriptedChip.ts';
import { createScriptedFlash, type FlashFaults } from './scriptedFlash.ts';
import { createScriptedInterpreter, type InterpreterFaults } from './scriptedInterpreter.ts';

/** How the board misbehaves; all optional, all changeable while it runs. */
export interface BoardFaults extends InterpreterFaults, FlashFaults {
  /** Answers nothing at all. */
  isSilent?: boolean;
  /** Says this to whatever it receives, and nothing else. */
  says?: string;
  /** Ignores this many lines before it answers. */
  ignoredLines?: number;
  /** The line breaks after this many received bytes. */
  cutAfterBytes?: number;
  /** The board hangs after this many received bytes. */
  hangAfterBytes?: number;
  /** After a power cut the power comes back at once. */
  powerReturns?: boolean;
  /** A chip with USB of its own: the port vanishes at a restart, and what is printed meanwhile is lost. */
  hasOwnUsb?: boolean;
}

/** What the board is. */
export interface ScriptedBoardOptions {
  board?: string;
  version?: string;
  /** Files that are there already; one char per byte. */
  files?: Record<string, string>;
  storageBytes?: number;
  faults?: BoardFaults;
}

/** What the ROM prints first after each reset of the chip. */
const RESET_LINE = '\r\nrst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n';

/** Creates a board, switched on. */
export function createScriptedBoard(options: ScriptedBoardOptions = {}) {
  const { board = 'ESP32', version = '2v27', storageBytes = 896 * 1024, files = {}, faults = {} } = options;
  const flash = createScriptedFlash({ sizeBytes: storageBytes, files }, faults, losePower);
  const chip = createScriptedChip(() => restart());
  const interpreter = createScriptedInterpreter({ board, version, chip, flash, faults, print, restart });
  const { boot, boots, feed, printLine, panics, resetsOnWifi } = interpreter;
  const sockets = new Set<Socket>();
  const server = createServer(accept);
  let received = 0;
  let isOff = false;

  function print(text: string): void {
    for (const socket of sockets) socket.write(Buffer.from(text, 'latin1'));
  }

  function cutLine(): void {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  }

  function losePower(): void {
    cutLine();
    chip.resetChip();
    isOff = !faults.powerReturns;
    if (!isOff) setTimeout(boot, 1);
  }

  function restart(): void {
    chip.resetChip();
    if (faults.hasOwnUsb) cutLine();
    else if (board.startsWith('ESP32')) print(RESET_LINE);
    boot();
    print('>');
  }

  function ignores(chars: string): boolean {
    if (faults.says !== undefined) print(faults.says);
    if (faults.isSilent || faults.says !== undefined) return true;
    if (!faults.ignoredLines) return false;
    faults.ignoredLines = Math.max(0, faults.ignoredLines - chars.split('\n').length + 1);
    return true;
  }

  function receive(chars: string): void {
    received += chars.length;
    if (faults.cutAfterBytes !== undefined && received > faults.cutAfterBytes) {
      feed(chars.slice(0, chars.length - (received - faults.cutAfterBytes)));
      return cutLine();
    }
    if (faults.hangAfterBytes !== undefined && received > faults.hangAfterBytes) return;
    if (!ignores(chars)) feed(chars);
  }

  function accept(socket: Socket): void {
    if (isOff) return void socket.destroy();
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('data', (data) => receive(data.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  }

  boot();
  return {
    ...{ boots, printLine, panics, resetsOnWifi, storage: flash.storage },
    trashBytes: (): number => flash.storage.getStats().trashBytes,
    /** Bytes received since the board was made. */
    received: (): number => received,
    /** Opens the port; resolves to its address for `--port`. */
    async listen(): Promise<string> {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    /** Power off and on again, with no fault left; returns what the program printed. */
    powerCycle(): string[] {
      for (const fault of Object.keys(faults) as (keyof BoardFaults)[]) delete faults[fault];
      cutLine();
      chip.resetChip();
      isOff = false;
      boot();
      return [...(boots.at(-1) ?? [])];
    },
    async close(): Promise<void> {
      cutLine();
      chip.resetChip();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A scripted board. */
export type ScriptedBoard = ReturnType<typeof createScriptedBoard>;
