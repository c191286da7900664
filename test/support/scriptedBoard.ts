// A board with a scripted interpreter behind a TCP door: what a flash tool meets, with every way to misbehave.

import { createServer, type Server, type Socket } from 'node:net';
import { createContext, runInContext } from 'node:vm';
import { crc32 } from 'node:zlib';
import { createScriptedChip } from './scriptedChip.ts';
import { createScriptedConsole, type ConsoleFaults } from './scriptedConsole.ts';
import { createScriptedFlash, ERASED, type FlashFaults } from './scriptedFlash.ts';

/** How the board misbehaves; all optional, all changeable while it runs. */
export interface BoardFaults extends ConsoleFaults, FlashFaults {
  /** Answers nothing at all. */
  isSilent?: boolean;
  /** Says this to whatever it receives, and nothing else. */
  says?: string;
  /** Ignores this many lines before it answers. */
  deafLines?: number;
  /** The line breaks after this many received bytes. */
  cutAfterBytes?: number;
  /** The board hangs after this many received bytes. */
  hangAfterBytes?: number;
  /** After a power cut the power comes back at once. */
  powerReturns?: boolean;
  /** A chip with USB of its own: the port vanishes at a restart, and what is printed meanwhile is lost. */
  hasOwnUsb?: boolean;
  /** Panics at `E.reboot()`, whatever was done before. */
  panicsAtReboot?: boolean;
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

const PANIC = "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\r\n";

/** What the ROM prints first after each reset of the chip. */
const RESET_LINE = '\r\nrst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n';

/**
 * What the interpreter runs of a file.
 * @throws SyntaxError, as the interpreter does, when the file begins erased or with a comment that is not closed
 */
export function programIn(file: string): string {
  if (file.startsWith(ERASED)) throw new SyntaxError('Got [ERASED] expected EOF');
  if (!file.startsWith('/*')) return file;
  const end = file.indexOf('*/');
  if (end < 0) throw new SyntaxError('Got UNFINISHED COMMENT expected EOF');
  return file.slice(end + 2);
}

/** Creates a board, switched on. */
export function createScriptedBoard(options: ScriptedBoardOptions = {}) {
  const { board = 'ESP32', version = '2v27', storageBytes = 896 * 1024, files = {}, faults = {} } = options;
  const { storage, module, trashBytes } = createScriptedFlash({ sizeBytes: storageBytes, files }, faults, losePower);
  const chip = createScriptedChip(() => restart());
  /** What each start of the program printed; the last one is the present. */
  const boots: string[][] = [];
  const sockets = new Set<Socket>();
  let received = 0;
  let panics = 0;
  let resetsOnWifi = 0;
  let isOff = false;
  let server: Server | undefined;

  function print(text: string): void {
    for (const socket of sockets) socket.write(Buffer.from(text, 'latin1'));
  }

  function printLine(text: string): void {
    boots[boots.length - 1]?.push(text);
    print(`${Buffer.from(text, 'utf8').toString('latin1')}\r\n`);
  }

  const modules: Record<string, object> = { Storage: module, Wifi: chip.wifi };

  const globals = {
    print: (...values: unknown[]) => printLine(values.join(' ')),
    require: (name: string) => {
      if (modules[name]) return modules[name];
      throw new Error(`Module ${name} not found`);
    },
    process: { env: { BOARD: board, VERSION: version } },
    E: { CRC32: (data: string) => crc32(Buffer.from(data, 'latin1')), reboot, ...chip.watchdog },
    btoa: (data: string) => Buffer.from(data, 'latin1').toString('base64'),
    ...chip.timers,
    reset: () => {
      if (chip.isJoined()) resetsOnWifi += 1;
      chip.resetInterpreter();
      realm = createContext({ ...globals });
      console.restart();
    },
    load: () => boot(),
  };
  let realm = createContext({ ...globals });

  const console = createScriptedConsole(
    {
      evaluate: (text) => runInContext(text, realm),
      writeFile: module.write,
      print,
    },
    faults,
  );

  /** The interpreter runs a program statement by statement: of a torn one it runs what is there. Ours have one a line. */
  function boot(): void {
    boots.push([]);
    chip.resetInterpreter();
    realm = createContext({ ...globals });
    console.restart();
    try {
      for (const statement of programIn(storage.read('.bootcde') ?? '').split('\n')) runInContext(statement, realm);
    } catch (error) {
      printLine(`Uncaught ${String(error)}`);
    }
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

  /** The interpreter frees its variables, then stops the radio, whose event finds none. */
  function reboot(): void {
    if (faults.panicsAtReboot || chip.isJoined()) {
      panics += 1;
      print(PANIC);
    }
    restart();
  }

  function isDeaf(chars: string): boolean {
    if (faults.says !== undefined) print(faults.says);
    if (faults.isSilent || faults.says !== undefined) return true;
    if (!faults.deafLines) return false;
    faults.deafLines = Math.max(0, faults.deafLines - chars.split('\n').length + 1);
    return true;
  }

  function receive(chars: string): void {
    received += chars.length;
    if (faults.cutAfterBytes !== undefined && received > faults.cutAfterBytes) {
      console.feed(chars.slice(0, chars.length - (received - faults.cutAfterBytes)));
      return cutLine();
    }
    if (faults.hangAfterBytes !== undefined && received > faults.hangAfterBytes) return;
    if (!isDeaf(chars)) console.feed(chars);
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
    storage,
    trashBytes,
    boots,
    /** How often it has panicked. */
    panics: () => panics,
    /** How often its interpreter was reset while the radio could still speak to it. */
    resetsOnWifi: () => resetsOnWifi,
    /** Bytes received since the board was made. */
    received: () => received,
    /** Opens the door; resolves to its address for `--port`. */
    async listen(): Promise<string> {
      server = createServer(accept);
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      return `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
    },
    /** Prints as the running program would. */
    printLine,
    /** Power off and on again, with no fault left; returns what the program printed. */
    powerCycle(): string[] {
      for (const fault of Object.keys(faults) as (keyof BoardFaults)[]) delete faults[fault];
      cutLine();
      chip.resetChip();
      isOff = false;
      boot();
      return [...(boots[boots.length - 1] ?? [])];
    },
    async close(): Promise<void> {
      cutLine();
      chip.resetChip();
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    },
  };
}

/** A scripted board. */
export type ScriptedBoard = ReturnType<typeof createScriptedBoard>;
