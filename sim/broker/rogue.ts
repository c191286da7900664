// A broker that misbehaves by a script: a TCP server that sends raw MQTT bytes, or anything else.

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { resetSocket } from '../network/reset.mjs';

/** The broker's end of one connection. */
export interface RoguePeer {
  /** 0 for the first connection. */
  readonly number: number;
  /** Everything the board has sent, one char per byte. */
  received(): string;
  /** The next whole MQTT packet of the board, raw; undefined when the board closed before. */
  packet(): Promise<string | undefined>;
  /** Sends bytes, one char per byte. */
  send(bytes: string): void;
  /** FIN. */
  end(): void;
  /** RST. */
  reset(): void;
  /** Resolves when the connection is over. */
  closed: Promise<void>;
}

/** What the broker does with each connection. */
export type RogueScript = (peer: RoguePeer) => void | Promise<void>;

/** A scripted server on 127.0.0.1. */
interface RogueBroker {
  start(port?: number): Promise<number>;
  stop(): Promise<void>;
  readonly port: number;
  /** Every connection so far, oldest first. */
  readonly peers: RoguePeer[];
}

/** Bytes of the packets that brokers send (MQTT 3.1.1, section 3). */
export const packets = {
  /** @param code return code, 0-5 */
  connack: (code = 0, sessionPresent = false): string => String.fromCharCode(0x20, 2, sessionPresent ? 1 : 0, code),
  /** @param granted return codes: 0-2 granted, 0x80 failure */
  suback: (packetId: number, ...granted: number[]): string =>
    String.fromCharCode(0x90, 2 + granted.length, packetId >> 8, packetId & 0xff, ...granted),
  pingresp: (): string => '\xd0\x00',
  puback: (packetId: number): string => String.fromCharCode(0x40, 2, packetId >> 8, packetId & 0xff),
  /** A PUBLISH; with a packet identifier it has QoS 1. */
  publish(
    topic: string,
    payload: string,
    { packetId, retain = false, dup = false }: { packetId?: number; retain?: boolean; dup?: boolean } = {},
  ): string {
    const id = packetId === undefined ? '' : String.fromCharCode(packetId >> 8, packetId & 0xff);
    const body = String.fromCharCode(topic.length >> 8, topic.length & 0xff) + topic + id + payload;
    const flags = (packetId === undefined ? 0 : 2) | (retain ? 1 : 0) | (dup ? 8 : 0);
    return String.fromCharCode(0x30 | flags) + packets.remainingLength(body.length) + body;
  },
  /** A remaining length of 1 to 4 bytes (section 2.2.3). */
  remainingLength(length: number): string {
    const more = length >> 7;
    return String.fromCharCode((length & 0x7f) | (more ? 0x80 : 0)) + (more ? packets.remainingLength(more) : '');
  },
};

/** Where the first packet in `bytes` ends, or undefined. */
function firstPacketEnd(bytes: string): number | undefined {
  let length = 0;
  for (let at = 1; at < Math.min(5, bytes.length); at += 1) {
    const digit = bytes.charCodeAt(at);
    length += (digit & 0x7f) << (7 * (at - 1));
    if (!(digit & 0x80)) return bytes.length >= at + 1 + length ? at + 1 + length : undefined;
  }
  return undefined;
}

function createPeer(socket: Socket, number: number): RoguePeer {
  let all = '';
  let readChars = 0;
  let isOver = false;
  let notify = (): void => {};
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('data', (bytes) => {
    all += bytes.toString('latin1');
    notify();
  });
  socket.on('error', () => socket.destroy());
  for (const event of ['end', 'close']) {
    socket.on(event, () => {
      isOver = true;
      notify();
    });
  }

  async function packet(): Promise<string | undefined> {
    for (;;) {
      const end = firstPacketEnd(all.slice(readChars));
      if (end !== undefined) {
        const bytes = all.slice(readChars, readChars + end);
        readChars += end;
        return bytes;
      }
      if (isOver) return undefined;
      await new Promise<void>((resolve) => (notify = resolve));
    }
  }

  return {
    number,
    received: () => all,
    packet,
    send: (bytes) => void socket.write(Buffer.from(bytes, 'latin1')),
    end: () => void socket.end(),
    reset: () => void resetSocket(socket),
    closed,
  };
}

/** Creates a stopped server that runs `script` for each connection. */
export function createRogueBroker(script: RogueScript): RogueBroker {
  const sockets = new Set<Socket>();
  const peers: RoguePeer[] = [];
  let port = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = createPeer(socket, peers.length);
    peers.push(peer);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void script(peer);
  });

  return {
    get port() {
      return port;
    },
    peers,
    start(wanted = port) {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(wanted, '127.0.0.1', () => resolve((port = (server.address() as AddressInfo).port)));
      });
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Scripts for common misbehaviour. */
export const scripts = {
  /** Accepts TCP and says nothing. */
  silent: (): RogueScript => () => {},
  /** Closes as soon as it accepted. */
  closeOnAccept: (): RogueScript => (peer) => peer.end(),
  /** Answers CONNECT with a return code, and closes or does not. */
  refuse:
    (code: number, close = true): RogueScript =>
    async (peer) => {
      await peer.packet();
      peer.send(packets.connack(code));
      if (close) peer.end();
    },
  /** Accepts the session and closes at once. */
  closeAfterConnack: (): RogueScript => async (peer) => {
    await peer.packet();
    peer.send(packets.connack());
    peer.end();
  },
  /** Accepts the session and answers SUBSCRIBE with `granted`, or not at all. Everything else goes unanswered. */
  suback:
    (...granted: number[]): RogueScript =>
    async (peer) => {
      await peer.packet();
      peer.send(packets.connack());
      for (let bytes = await peer.packet(); bytes !== undefined; bytes = await peer.packet()) {
        if (bytes.charCodeAt(0) >> 4 === 8 && granted.length)
          peer.send(packets.suback((bytes.charCodeAt(2) << 8) | bytes.charCodeAt(3), ...granted));
      }
    },
  /** Answers whatever comes with these bytes, once. */
  answer:
    (bytes: string): RogueScript =>
    async (peer) => {
      await peer.packet();
      peer.send(bytes);
    },
  /** An HTTP server that was given MQTT. */
  http: (): RogueScript =>
    scripts.answer('HTTP/1.1 400 Bad Request\r\nContent-Length: 11\r\nConnection: close\r\n\r\nBad Request'),
};
