// A TCP proxy with faults: puts a bad line in front of a broker that we cannot change, such as mosquitto.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createFaults, END_OF_STREAM, type Direction, type Faults, type Pipe } from './faults.ts';
import { resetSocket } from './reset.mjs';

/** Options of a proxy. */
interface ProxyOptions {
  /** `port` or `host:port` of the real server. */
  target: number | string;
  /** Where to listen; a free port by default. */
  port?: number;
  /** Called with all bytes of each connection: the board's as they come, before the faults, and the server's as they leave for the board. */
  onBytes?: (connection: number, direction: Direction, bytes: string) => void;
}

/** A TCP proxy on 127.0.0.1. */
export interface Proxy {
  readonly port: number;
  readonly faults: Faults;
  /** Closes the port: connecting is refused. Connections that are open stay. */
  refuse(): Promise<void>;
  /** Opens the port again. */
  listen(): Promise<void>;
  /** Connections that are open. */
  connections(): number;
  /** Resets all connections. */
  kill(): void;
  /** Sends bytes to the board on every connection. */
  inject(bytes: string): void;
  /** Connects new connections to another server. */
  retarget(target: number | string): void;
  stop(): Promise<void>;
}

type OnBytes = NonNullable<ProxyOptions['onBytes']>;

/** One connection through the proxy. */
interface Passage {
  tear(): void;
  inject(bytes: string): void;
}

/** The proxy's end of a board's connection; it reports all bytes. */
function createBoardEnd(socket: Socket, number: number, onBytes: OnBytes) {
  return {
    socket,
    send(bytes: string): void {
      onBytes(number, 'toBoard', bytes);
      socket.write(Buffer.from(bytes, 'latin1'));
    },
    onData(listener: (bytes: string) => void): void {
      socket.on('data', (data) => {
        const bytes = data.toString('latin1');
        onBytes(number, 'fromBoard', bytes);
        listener(bytes);
      });
    },
  };
}
type BoardEnd = ReturnType<typeof createBoardEnd>;

/** Leads both directions through the faults; a lost end leaves the other side waiting, as a cut cable does. */
function openPipes(board: BoardEnd, far: Socket, faults: Faults): Pipe[] {
  const there = faults.pipe('fromBoard', (cargo) => {
    if (cargo === END_OF_STREAM) far.end();
    else far.write(Buffer.from(cargo as string, 'latin1'));
  });
  const back = faults.pipe('toBoard', (cargo) => {
    if (cargo === END_OF_STREAM) board.socket.end();
    else board.send(cargo as string);
  });
  board.onData(there.push);
  far.on('data', (bytes) => back.push(bytes.toString('latin1')));
  board.socket.on('end', () => there.push(END_OF_STREAM));
  far.on('end', () => back.push(END_OF_STREAM));
  return [there, back];
}

/** Connects a board to the server; calls `onEnd` when both sides have closed. */
function passOn(board: BoardEnd, far: Socket, faults: Faults, onEnd: () => void): Passage {
  const pipes = openPipes(board, far, faults);
  const forget = faults.onReset(tear);

  function end(): void {
    forget();
    pipes.forEach((pipe) => pipe.close());
    onEnd();
  }
  function tear(): void {
    end();
    resetSocket(board.socket);
    resetSocket(far);
  }
  for (const [near, other] of [
    [board.socket, far],
    [far, board.socket],
  ] as const) {
    near.on('error', () => {
      if (!pipes.some((pipe) => pipe.isDead())) tear();
    });
    near.on('close', () => {
      if (other.destroyed) end();
    });
  }
  return { tear, inject: board.send };
}

/** Starts a proxy. */
export async function createProxy({ target, port = 0, onBytes = () => {} }: ProxyOptions): Promise<Proxy> {
  const faults = createFaults();
  const passages = new Set<Passage>();
  const closing: Promise<void>[] = [];
  let where = target;
  let accepted = 0;
  let server: Server | undefined;
  let ownPort = port;

  function dial(): Socket {
    const [host, portText] = typeof where === 'number' ? ['127.0.0.1', where] : where.split(':');
    return connect({ host: String(host), port: Number(portText), noDelay: true, allowHalfOpen: true });
  }

  function accept(socket: Socket): void {
    socket.setNoDelay(true);
    const board = createBoardEnd(socket, accepted, onBytes);
    const passage = passOn(board, dial(), faults, () => void passages.delete(passage));
    accepted += 1;
    passages.add(passage);
  }

  function listen(): Promise<void> {
    if (server) return Promise.resolve();
    const listening = (server = createServer({ allowHalfOpen: true }, accept));
    return new Promise((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(ownPort, '127.0.0.1', () => {
        ownPort = (listening.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Closes the port at once; the promise of the server waits for its connections, so `stop` does that. */
  async function refuse(): Promise<void> {
    const listening = server;
    server = undefined;
    if (listening) closing.push(new Promise((resolve) => listening.close(() => resolve())));
  }

  const kill = (): void => [...passages].forEach((passage) => passage.tear());

  await listen();
  return {
    get port() {
      return ownPort;
    },
    ...{ faults, refuse, listen, kill },
    connections: () => passages.size,
    inject: (bytes) => passages.forEach((passage) => passage.inject(bytes)),
    retarget: (next) => void (where = next),
    async stop() {
      await refuse();
      kill();
      await Promise.all(closing);
    },
  };
}
