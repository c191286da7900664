// A TCP proxy with faults, for a broker that is not ours to change: a real mosquitto behind a bad line.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createFaults, END_OF_STREAM, type Direction, type Faults, type Pipe } from './faults.ts';
import { resetSocket } from './reset.mjs';

/** What the proxy does with a new connection. */
export type ProxyMode = 'pass' | 'silent' | 'close';

/** Options of a proxy. */
export interface ProxyOptions {
  /** `port` or `host:port` of the real server. */
  target: number | string;
  /** Where to listen; a free port by default. */
  port?: number;
  /** Hears every byte of each connection: the board's as they come, before the faults, and the server's as they leave for the board. */
  onBytes?: (connection: number, direction: Direction, bytes: string) => void;
}

/** A TCP proxy on 127.0.0.1. */
export interface Proxy {
  readonly port: number;
  readonly faults: Faults;
  /** From now on new connections are passed on, accepted and left in silence, or accepted and closed. */
  accept(mode: ProxyMode): void;
  /** Closes the port: connecting is refused. Connections that are open stay. */
  refuse(): Promise<void>;
  /** Opens the port again. */
  listen(): Promise<void>;
  /** Connections that are open. */
  connections(): number;
  /** Connections there have been. */
  readonly accepted: number;
  /** Tears one connection with RST, by its number from 0; all of them without one. */
  kill(number?: number): void;
  /** Puts bytes into the stream to the board, on every connection. */
  inject(bytes: string): void;
  /** Leads new connections elsewhere. */
  retarget(target: number | string): void;
  stop(): Promise<void>;
}

interface Passage {
  number: number;
  tear(): void;
  inject(bytes: string): void;
}

/** Starts a proxy. */
export async function createProxy({ target, port = 0, onBytes = () => {} }: ProxyOptions): Promise<Proxy> {
  const faults = createFaults();
  const passages = new Set<Passage>();
  let mode: ProxyMode = 'pass';
  let where = target;
  let accepted = 0;
  let server: Server | undefined;
  let ownPort = port;

  function dial(): Socket {
    const [host, portText] = typeof where === 'number' ? ['127.0.0.1', where] : where.split(':');
    return connect({ host: String(host), port: Number(portText), noDelay: true, allowHalfOpen: true });
  }

  function sendToBoard(board: Socket, number: number, bytes: string): void {
    onBytes(number, 'toBoard', bytes);
    board.write(Buffer.from(bytes, 'latin1'));
  }

  function hear(board: Socket, number: number, take: (bytes: string) => void): void {
    board.on('data', (data) => {
      const bytes = data.toString('latin1');
      onBytes(number, 'fromBoard', bytes);
      take(bytes);
    });
  }

  /** Leads both directions through the faults; a lost end leaves the other side waiting, as a cut cable does. */
  function lead(board: Socket, far: Socket, number: number): Pipe[] {
    const there = faults.pipe('fromBoard', (cargo) => {
      if (cargo === END_OF_STREAM) far.end();
      else far.write(Buffer.from(cargo as string, 'latin1'));
    });
    const back = faults.pipe('toBoard', (cargo) => {
      if (cargo === END_OF_STREAM) board.end();
      else sendToBoard(board, number, cargo as string);
    });
    hear(board, number, there.push);
    far.on('data', (bytes) => back.push(bytes.toString('latin1')));
    board.on('end', () => there.push(END_OF_STREAM));
    far.on('end', () => back.push(END_OF_STREAM));
    return [there, back];
  }

  function pass(board: Socket, number: number): void {
    const far = dial();
    const pipes = lead(board, far, number);
    const forget = faults.onReset(tear);
    const passage: Passage = { number, tear, inject: (bytes) => sendToBoard(board, number, bytes) };
    passages.add(passage);

    function leave(): void {
      forget();
      passages.delete(passage);
      pipes.forEach((pipe) => pipe.close());
    }
    function tear(): void {
      leave();
      resetSocket(board);
      resetSocket(far);
    }
    for (const [near, other] of [
      [board, far],
      [far, board],
    ] as const) {
      near.on('error', () => {
        if (!pipes.some((pipe) => pipe.isDead())) tear();
      });
      near.on('close', () => {
        if (other.destroyed) leave();
      });
    }
  }

  /** Holds a connection that leads nowhere. */
  function hold(board: Socket, number: number): void {
    const passage: Passage = {
      number,
      tear: () => void resetSocket(board),
      inject: (bytes) => sendToBoard(board, number, bytes),
    };
    passages.add(passage);
    hear(board, number, () => {});
    board.on('error', () => board.destroy());
    board.on('close', () => passages.delete(passage));
  }

  function take(board: Socket): void {
    board.setNoDelay(true);
    const number = accepted;
    accepted += 1;
    if (mode === 'pass') return pass(board, number);
    hold(board, number);
    if (mode === 'close') board.end();
  }

  function listen(): Promise<void> {
    if (server) return Promise.resolve();
    const listening = (server = createServer({ allowHalfOpen: true }, take));
    return new Promise((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(ownPort, '127.0.0.1', () => {
        ownPort = (listening.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  const closing: Promise<void>[] = [];
  /** The port is closed at once; the promise of the server waits for its connections, so `stop` does that. */
  async function refuse(): Promise<void> {
    const listening = server;
    server = undefined;
    if (listening) closing.push(new Promise((resolve) => listening.close(() => resolve())));
  }

  const kill = (number?: number): void =>
    [...passages]
      .filter((passage) => number === undefined || passage.number === number)
      .forEach((passage) => passage.tear());

  await listen();
  return {
    get port() {
      return ownPort;
    },
    get accepted() {
      return accepted;
    },
    faults,
    accept: (next) => void (mode = next),
    refuse,
    listen,
    connections: () => passages.size,
    kill,
    inject: (bytes) => passages.forEach((passage) => passage.inject(bytes)),
    retarget: (next) => void (where = next),
    async stop() {
      await refuse();
      kill();
      await Promise.all(closing);
    },
  };
}
