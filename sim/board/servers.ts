// The servers of the interpreter's `require("net")`: they take one peer in each idle turn, while lwIP has a socket left.

import type { Events } from './events.ts';
import { listenTcp, type TcpListener } from '../network/listen.ts';
import type { TcpLink } from '../network/tcp.ts';

/** What the servers need of the network. */
interface ServersOptions {
  events: Events;
  wake(): void;
  print(line: string): void;
  /** Whether peers can reach the board now. */
  isReached(): boolean;
  /** Whether lwIP has a socket left; a listening one counts too. */
  hasSocket(): boolean;
  /** Makes the firmware's socket of a peer. */
  accept(link: TcpLink): object;
}

/** A server that listens. */
interface Listening {
  server: object;
  chipPort: number;
  listener: TcpListener;
  /** Peers whose handshake is done. */
  waiting: TcpLink[];
}

/** Thrown by `listen`. */
const NO_SOCKET = 'Unable to create socket';

/** Creates the servers of one boot. */
export function createServers({ events, wake, print, isReached, hasSocket, accept }: ServersOptions) {
  let all: Listening[] = [];

  function listen(server: object, chipPort: number): void {
    if (all.some((one) => one.chipPort === chipPort)) print('ERROR: Socket bind failed');
    else if (hasSocket()) {
      const waiting: TcpLink[] = [];
      const listener = listenTcp((link) => {
        waiting.push(link);
        wake();
      });
      return void all.push({ server, chipPort, listener, waiting });
    }
    throw new Error(NO_SOCKET);
  }

  function close(one: Listening): void {
    one.listener.close();
    one.waiting.forEach((link) => link.reset());
    all = all.filter((other) => other !== one);
  }

  /** `require("net").createServer` */
  function createServer(onConnect: unknown): object {
    if (typeof onConnect !== 'function') throw new Error(`Expecting Callback Function but got ${typeof onConnect}`);
    const server = events.methods({
      listen(port: unknown) {
        listen(server, Number(port) & 0xffff);
        return server;
      },
      close() {
        const mine = all.find((one) => one.server === server);
        if (mine) close(mine);
        else print('WARNING: Server not found!');
      },
    });
    events.on(server, 'connect', onConnect);
    return server;
  }

  /** Takes one peer; one that lwIP has no socket for is reset. */
  function take({ server, waiting }: Listening): boolean {
    // a peer that the radio does not reach repeats its SYN
    const link = isReached() ? waiting.shift() : undefined;
    if (!link) return false;
    if (hasSocket()) events.emit(server, 'connect', accept(link));
    else link.reset();
    return true;
  }

  return {
    createServer,
    /** One idle turn; gives whether a server wants another. */
    idle: (): boolean => all.filter(take).length > 0,
    /** Sockets in lwIP's table. */
    count: (): number => all.length,
    /** The loopback's port behind a port of the chip; undefined when nothing listens there. */
    port: (chipPort: number): Promise<number> | undefined =>
      all.find((one) => one.chipPort === chipPort)?.listener.port,
    /** The program is started anew, or the chip stops. */
    stop: (): void => [...all].forEach(close),
  };
}
