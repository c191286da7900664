// A bare chip on a TCP port, for tests of the flash tool: the boot loader in its ROM, the helper program, and its flash.
//
// Source: "Serial Protocol" in Espressif's documentation of esptool. It is as strict as the chip, and misbehaves on demand.

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { ChipName } from './espArchive.ts';
import { createRomFlash, WRONG_FORMAT, type FlashChipFaults } from './romFlash.ts';
import { withTerminal } from './terminal.ts';
import { createSlipReader, slip } from './slip.ts';
import { createSpiRegisters } from './spiRegisters.ts';

const OP = {
  flashBegin: 0x02,
  flashEnd: 0x04,
  memBegin: 0x05,
  memEnd: 0x06,
  memData: 0x07,
  sync: 0x08,
  writeRegister: 0x09,
  readRegister: 0x0a,
  setFlashParameters: 0x0b,
  attachFlash: 0x0d,
  changeBaud: 0x0f,
  compressedBegin: 0x10,
  compressedData: 0x11,
  compressedEnd: 0x12,
  md5: 0x13,
  eraseFlash: 0xd0,
} as const;

/** A command of the protocol. */
export type Operation = keyof typeof OP;

/** How the chip misbehaves; changeable while it runs. */
export interface RomFaults extends FlashChipFaults {
  /** Answers nothing. */
  isSilent?: boolean;
  /** Answers with noise. */
  isNoisy?: boolean;
  /** The helper program does not start. */
  hasNoStub?: boolean;
  /** Answers so many of these commands with an error. */
  refuses?: { operation: Operation; times: number };
  /** Says nothing any more after so many blocks. */
  diesAfterBlocks?: number;
  /** The line breaks after so many blocks. */
  isUnpluggedAfterBlocks?: number;
  /** The flash chip is not there. */
  hasNoFlash?: boolean;
}

/** What the chip is. */
export interface RomOptions {
  chip?: ChipName;
  /** Tells itself by a word that nobody knows. */
  isUnknown?: boolean;
  /** 2 to the power of this, in bytes. */
  flashSize?: number;
  faults?: RomFaults;
  /** The board whose console it has once its flash holds an interpreter and it was reset: `tcp://HOST:PORT`. */
  becomes?: string;
  /** Says this again and again instead of waiting for a download. */
  says?: string;
  /** The helper program of an earlier try runs. */
  stubRuns?: boolean;
}

/** The word at 0x40001000, by which the chips tell themselves apart. */
const MAGIC: Record<ChipName, number> = {
  ESP32: 0x00f0_1d83,
  'ESP32-S2': 0x0000_07c6,
  'ESP32-C3': 0x1b31_506f,
  'ESP32-S3': 0x9,
};

const RESET_LINE = '\r\nets Jun  8 2016 00:22:57\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n';
const TALK_MS = 20;

/** What the chip answers a command with. */
interface Answer {
  value?: number;
  data?: Iterable<number>;
  error?: number;
}

function answerPacket(op: number, { value = 0, data = [], error = 0 }: Answer, isRom: boolean): Buffer {
  const body = Buffer.from([...data, error === 0 ? 0 : 1, error, ...(isRom ? [0, 0] : [])]);
  const head = Buffer.alloc(8);
  head.set([1, op]);
  head.writeUInt16LE(body.length, 2);
  head.writeUInt32LE(value >>> 0, 4);
  return slip(Buffer.concat([head, body]));
}

function isRefused({ refuses }: RomFaults, operation: Operation): boolean {
  if (refuses?.operation !== operation || refuses.times <= 0) return false;
  refuses.times -= 1;
  return true;
}

/** Connects to the console of the board that the chip becomes. */
function dial(address: string, onData: (bytes: Buffer) => void): Socket {
  const { hostname, port } = new URL(address);
  return connect(Number(port), hostname)
    .on('data', onData)
    .on('error', () => {});
}

/** Creates a chip. */
export function createScriptedRom(options: RomOptions = {}) {
  const { chip = 'ESP32', flashSize = 22, faults = {}, becomes } = options;
  const log: string[] = [];
  let mode: 'rom' | 'stub' | 'running' = options.stubRuns ? 'stub' : 'rom';
  let [socket, board]: (Socket | undefined)[] = [];
  let isAttached = false;

  const flash = createRomFlash({ chip, flashSize, isStub: () => mode === 'stub' }, faults);
  const registers = createSpiRegisters(chip, { magic: options.isUnknown ? 0x1234_5678 : MAGIC[chip], flashId });
  const send = (bytes: Uint8Array | string): void => void socket?.write(bytes);

  const answer = (op: number, what: Answer): void => send(answerPacket(op, what, mode === 'rom'));
  const ok = (op: number): void => answer(op, {});

  function flashId(): number {
    if (faults.hasNoFlash) return 0xff_ffff;
    return mode === 'stub' || isAttached ? (flashSize << 16) | 0x4020 : 0;
  }

  function sync(op: number): void {
    for (let time = 0; time < 8; time += 1) answer(op, { value: mode === 'stub' ? 0 : 0x2012_0707 });
  }

  /** Runs what is in the flash. */
  function reset(): void {
    log.push('reset');
    if (!flash.holdsInterpreter()) return void send(`${RESET_LINE}invalid header: 0xffffffff\r\n`);
    mode = 'running';
    send(RESET_LINE);
    if (!becomes) return;
    board = dial(becomes, send).on('close', () => socket?.destroy());
  }

  const handlers: Record<Operation, (op: number, payload: Buffer, checksum: number) => void> = {
    ...{ sync, memBegin: ok, memData: ok, changeBaud: ok, compressedEnd: ok, flashBegin: ok },
    readRegister: (op, payload) => answer(op, { value: registers.read(payload.readUInt32LE(0)) }),
    writeRegister: (op, payload) => {
      registers.write(payload.readUInt32LE(0), payload.readUInt32LE(4));
      ok(op);
    },
    memEnd: (op) => {
      ok(op);
      if (faults.hasNoStub) return;
      mode = 'stub';
      send(slip(Buffer.from('OHAI')));
    },
    attachFlash: (op, payload) => {
      isAttached = payload.length === (mode === 'rom' ? 8 : 4);
      answer(op, { error: isAttached ? 0 : WRONG_FORMAT });
    },
    setFlashParameters: (op, payload) => answer(op, { error: payload.length === 24 ? 0 : WRONG_FORMAT }),
    compressedBegin: (op, payload) => answer(op, { error: flash.begin(payload) }),
    compressedData: (op, payload, checksum) => answer(op, { error: flash.take(payload, checksum) }),
    eraseFlash: (op) => {
      flash.bytes.fill(0xff);
      answer(op, { error: mode === 'stub' ? 0 : WRONG_FORMAT });
    },
    md5: (op, payload) => answer(op, { data: flash.md5(payload) }),
    flashEnd: (op, payload) => {
      ok(op);
      if (payload.readUInt32LE(0) === 0) reset();
    },
  };

  function obey(packet: Buffer): void {
    const op = packet[1]!;
    const operation = (Object.keys(OP) as Operation[]).find((name) => OP[name] === op);
    if (packet[0] !== 0 || !operation || flash.blocks() >= (faults.diesAfterBlocks ?? Infinity)) return;
    if (log.at(-1) !== operation) log.push(operation);
    if (isRefused(faults, operation)) return answer(op, { error: WRONG_FORMAT });
    handlers[operation](op, packet.subarray(8), packet.readUInt32LE(4));
    if (flash.blocks() >= (faults.isUnpluggedAfterBlocks ?? Infinity)) socket?.destroy();
  }

  const read = createSlipReader(obey);

  function receive(bytes: Buffer): void {
    if (mode === 'running') return void board?.write(bytes);
    if (faults.isNoisy) return send('\x7fnoise\xdb');
    if (!faults.isSilent && options.says === undefined) read(bytes);
  }

  function accept(accepted: Socket): void {
    socket = accepted;
    accepted.setNoDelay(true);
    accepted.on('data', receive).on('error', () => {});
    if (mode === 'rom') send(`${RESET_LINE}${options.says ?? 'waiting for download'}\r\n`);
    const talk = setInterval(() => options.says !== undefined && send(`${options.says}\r\n`), TALK_MS);
    accepted.on('close', () => clearInterval(talk));
  }

  const server = createServer(accept);
  return {
    /** What its reset line does. */
    reset,
    /** The bytes in its flash. */
    flash: flash.bytes,
    /** Commands that were obeyed, without repetitions, and resets. */
    log,
    /** Opens the port; resolves to its address. */
    async listen(): Promise<string> {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close(): Promise<void> {
      socket?.destroy();
      board?.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A scripted chip. */
export type ScriptedRom = ReturnType<typeof createScriptedRom>;

/** Runs a test with a bare chip behind a terminal. */
export async function withChip(
  options: RomOptions,
  run: (path: string, chip: ScriptedRom, unplug: () => void) => Promise<void>,
): Promise<void> {
  const chip = createScriptedRom(options);
  try {
    await withTerminal(await chip.listen(), (path, unplug) => run(path, chip, unplug));
  } finally {
    await chip.close();
  }
}
