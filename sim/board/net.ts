// The interpreter's `require("net")`: a connect that blocks and throws, and sockets that move some bytes in each idle turn.

import type { Events } from './events.ts';
import type { Faults } from '../network/faults.ts';
import { createConnection, type Connection } from '../network/connection.ts';
import { createSocket, type SocketDriver } from './socketDriver.ts';
import { createServers } from './servers.ts';
import type { ConnectTcp, TcpLink } from '../network/tcp.ts';
import type { NetworkState } from './wifi.ts';

/** lwIP's number of sockets (CONFIG_LWIP_MAX_SOCKETS); those that were never ended count too. */
const MOST_SOCKETS = 10;

/** How long the chip's SYN goes unanswered before connect gives up, by the configured retries. */
const CONNECT_LIMIT_MS = 18_000;

/** How long a connect without an address blocks. */
const NO_ADDRESS_MS = 8_000;

/** What `require("net")` needs of the board. */
interface NetOptions {
  events: Events;
  faults: Faults;
  /** The line to those who connect to the board. */
  serverFaults: Faults;
  /** Whether they reach it now. */
  isReached(): boolean;
  /** Without an address connect blocks for 8 s and fails; when nothing passes, until it gives up. */
  network(): NetworkState;
  /** See the board's option; what is not there is connected to as it is. */
  hosts: ReadonlyMap<string, string>;
  /** Holds the interpreter. */
  block(ms: number): void;
  wake(): void;
  print(line: string): void;
  connectTcp: ConnectTcp;
}

/** A place to connect to. */
interface Address {
  host: string;
  port: number;
}

/** Thrown by connect when the name has no address. */
const UNKNOWN_HOST = 'Unable to locate host';

/** Thrown by connect in every other case. */
const NO_SOCKET = 'Unable to create socket';

/** Reads the first argument of `connect`. */
function addressOf(options: unknown): Address {
  if (options === null || typeof options !== 'object')
    throw new Error(`Expecting Options to be an Object but it was ${typeof options}`);
  const { host, port } = options as { host?: unknown; port?: unknown };
  return { host: host === undefined ? '127.0.0.1' : String(host), port: Number(port) & 0xffff };
}

/** Creates the network of one boot of one board. */
export function createNet(options: NetOptions) {
  const { events, faults, serverFaults, network, hosts, block, wake, print, connectTcp } = options;
  const open = new Set<SocketDriver>();
  /** Closed by the program, with bytes or a FIN still on their way. */
  let closing: Connection[] = [];
  const attempts: (Address & { error?: string })[] = [];
  let isFrozen = false;
  const hasSocket = (): boolean => open.size + servers.count() < MOST_SOCKETS;
  const servers = createServers({ ...options, hasSocket, accept });

  function add(connection: Connection): SocketDriver {
    const driver = createSocket(connection, { events, wake });
    open.add(driver);
    wake();
    return driver;
  }

  /** Makes the firmware's socket of a peer that has connected. */
  function accept(link: TcpLink): object {
    const { socket } = add(createConnection(link, serverFaults, wake));
    link.onActivity();
    return socket;
  }

  /** Where the address leads, or the message of the exception. */
  function route({ host, port }: Address): Address | string {
    const target = hosts.get(`${host}:${port}`) ?? hosts.get(host) ?? host;
    if (target === 'unknown') return UNKNOWN_HOST;
    if (target === 'refused') return NO_SOCKET;
    if (target === 'blackhole') return timeOut();
    const [, toHost = target, toPort] = /^(.*):(\d+)$/.exec(target) ?? [];
    return { host: toHost, port: toPort === undefined ? port : Number(toPort) };
  }

  /** Blocks until TCP gives up. */
  function timeOut(): string {
    block(CONNECT_LIMIT_MS);
    print('ERROR: Connect failed (err 113)');
    return NO_SOCKET;
  }

  /** Makes the connection, or gives the message of the exception. */
  function reach(address: Address): Connection | string {
    if (network() === 'down') {
      block(NO_ADDRESS_MS);
      return /^[\d.]+$/.test(address.host) ? NO_SOCKET : UNKNOWN_HOST;
    }
    if (!hasSocket()) return NO_SOCKET;
    if (network() === 'silent') return timeOut();
    const to = route(address);
    if (typeof to === 'string') return to;
    const link = connectTcp(to.host, to.port);
    if (link === 'unanswered') return timeOut();
    if (link === 'unknown') return UNKNOWN_HOST;
    if (link === 'refused') {
      print('ERROR: Connect failed (err 104)');
      return NO_SOCKET;
    }
    block(faults.connectMs);
    return createConnection(link, faults, wake);
  }

  function connect(options: unknown, callback?: unknown): object {
    const address = addressOf(options);
    if (callback !== undefined && typeof callback !== 'function')
      throw new Error(`Expecting Callback Function but got ${typeof callback}`);
    const connection = reach(address);
    if (typeof connection === 'string') {
      attempts.push({ ...address, error: connection });
      throw new Error(connection);
    }
    attempts.push(address);
    const { socket } = add(connection);
    if (callback) events.on(socket, 'connect', callback);
    return socket;
  }

  return {
    /** What the firmware gets from `require("net")`. */
    module: { connect, createServer: servers.createServer },
    /** One idle turn of every socket; gives whether it wants another turn at once. */
    idle(run: (call: () => void) => void, isHeld: () => boolean): boolean {
      let busy = false;
      if (isFrozen) return false;
      if (!isHeld() && servers.idle()) busy = true;
      for (const driver of [...open]) {
        if (isHeld()) return true;
        if (driver.idle(run)) busy = true;
        if (!driver.isClosed()) continue;
        open.delete(driver);
        closing = [...closing, driver.connection].filter((connection) => !connection.isGone());
      }
      return busy;
    },
    /** Sockets that hold a place in lwIP's table. */
    openSockets: (): number => open.size + servers.count(),
    serverPort: servers.port,
    /** Every connect, failed ones with their exception. */
    attempts,
    /** Stops all sockets. */
    freeze(): void {
      isFrozen = true;
    },
    /** The program is started anew: its sockets are closed, and only the peers notice. */
    load(): void {
      isFrozen = false;
      servers.stop();
      const connections = [...open].map((driver) => driver.connection);
      connections.forEach((connection) => connection.close());
      closing = [...closing, ...connections].filter((connection) => !connection.isGone());
      open.clear();
    },
    /** Stops to listen; gives the connections that exist, of which a chip that stops closes none. */
    stop(): Connection[] {
      servers.stop();
      return [...[...open].map((driver) => driver.connection), ...closing].filter((connection) => !connection.isGone());
    },
  };
}
