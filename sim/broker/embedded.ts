// The embedded broker (aedes): starts, stops, restarts on its port, disconnects a client, and shows what it holds.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Aedes, type AedesOptions, type AedesPublishPacket, type Client } from 'aedes';
import { resetSocket } from '../network/reset.mjs';

/** A message that passed the broker. */
export interface BrokerMessage {
  topic: string;
  /** One char per byte. */
  payload: string;
  qos: number;
  retain: boolean;
  /** Who published it; undefined for the broker itself. */
  clientId: string | undefined;
}

/** Options of a publish by the broker. */
interface PublishOptions {
  qos?: 0 | 1 | 2;
  retain?: boolean;
}

/** An MQTT broker on 127.0.0.1. */
export interface Broker {
  /** The port, once started; a restart keeps it. */
  readonly port: number;
  /** Listens, on a free port or the given one; rejects when it is taken. */
  start(port?: number): Promise<number>;
  /** Closes the port and every connection; sessions and retained messages stay for the next start. */
  stop(): Promise<void>;
  /** Stops and starts on the same port; without `keepSessions` everything is forgotten. */
  restart(options?: { keepSessions?: boolean }): Promise<void>;
  /** Ends at once and resets every connection. Sessions stay for the next start. */
  kill(): Promise<void>;
  /** Disconnects a client; gives whether it was connected. */
  kick(clientId: string): boolean;
  /** Client identifiers that are connected now. */
  clients(): string[];
  /** Retained messages by topic. */
  retained(): ReadonlyMap<string, string>;
  publish(topic: string, payload: string, options?: PublishOptions): Promise<void>;
  /** Calls back for every message of a client or of `publish`; returns what ends that. */
  onPublish(listener: (message: BrokerMessage) => void): () => void;
  /** Calls back with a line for each client that comes, goes, or is thrown off by another with its identifier. */
  onLog(listener: (line: string) => void): void;
}

/** Members of aedes 1.x that its types lack. */
interface AedesInside extends Aedes {
  persistence: unknown;
  clients: Record<string, Client | undefined>;
}

/** Messages of the broker about itself. */
const isOwn = (topic: string): boolean => topic.startsWith('$SYS');

const toMessage = (packet: AedesPublishPacket, client: Client | null): BrokerMessage => ({
  topic: packet.topic,
  payload: Buffer.from(packet.payload).toString('latin1'),
  qos: packet.qos,
  retain: packet.retain,
  clientId: client?.id,
});

/** Creates a stopped broker. `options` are aedes' own, such as `authenticate`. */
export function createBroker(options: AedesOptions = {}): Broker {
  const publishListeners = new Set<(message: BrokerMessage) => void>();
  const logListeners = new Set<(line: string) => void>();
  const { preConnect = (_client, _packet, done) => done(null, true) } = options;
  const sockets = new Set<Socket>();
  let retained = new Map<string, string>();
  let persistence: unknown;
  let aedes: AedesInside | undefined;
  let server: Server | undefined;
  let port = 0;

  const log = (line: string): void => logListeners.forEach((listener) => listener(line));

  function watch(broker: AedesInside): void {
    broker.on('clientReady', ({ id }) => log(`${id} connected`));
    broker.on('clientDisconnect', ({ id }) => log(`${id} disconnected`));
    broker.on('publish', (packet, client) => {
      if (isOwn(packet.topic)) return;
      const message = toMessage(packet, client);
      if (message.retain && message.payload === '') retained.delete(message.topic);
      else if (message.retain) retained.set(message.topic, message.payload);
      publishListeners.forEach((listener) => listener(message));
    });
  }

  function accept(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    aedes?.handle(socket);
  }

  async function start(wanted = port): Promise<number> {
    const broker = (await Aedes.createBroker({
      ...options,
      ...(persistence ? { persistence } : {}),
      preConnect(client, packet, done) {
        const { clientId } = packet;
        if (aedes?.clients[clientId]) log(`${clientId} is already connected: its old connection is closed`);
        preConnect(client, packet, done);
      },
    })) as AedesInside;
    persistence = broker.persistence;
    watch(broker);
    aedes = broker;
    const listening = createServer(accept);
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject);
      listening.listen(wanted, '127.0.0.1', resolve);
    }).catch(async (error: unknown) => {
      await closeAedes();
      throw error;
    });
    server = listening;
    port = (listening.address() as AddressInfo).port;
    return port;
  }

  function closeAedes(): Promise<void> {
    const closing = aedes;
    aedes = undefined;
    return new Promise((resolve) => (closing ? closing.close(resolve) : resolve()));
  }

  function closeServer(): Promise<void> {
    const closing = server;
    server = undefined;
    return new Promise((resolve) => (closing ? closing.close(() => resolve()) : resolve()));
  }

  async function stop(): Promise<void> {
    const closed = closeServer();
    await closeAedes();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  async function kill(): Promise<void> {
    const closed = closeServer();
    for (const socket of sockets) resetSocket(socket);
    await closeAedes();
    await closed;
  }

  return {
    get port() {
      return port;
    },
    start,
    stop,
    kill,
    async restart({ keepSessions = true } = {}) {
      await stop();
      if (!keepSessions) {
        persistence = undefined;
        retained = new Map();
      }
      await start();
    },
    kick(clientId) {
      const client = aedes?.clients[clientId];
      client?.close();
      return client !== undefined;
    },
    clients: () => Object.keys(aedes?.clients ?? {}),
    retained: () => retained,
    publish(topic, payload, { qos = 0, retain = false } = {}) {
      const packet = {
        cmd: 'publish' as const,
        topic,
        payload: Buffer.from(payload, 'latin1'),
        qos,
        retain,
        dup: false,
      };
      return new Promise((resolve, reject) => {
        if (!aedes) reject(new Error('the broker is not running'));
        else aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
      });
    },
    onPublish(listener) {
      publishListeners.add(listener);
      return () => publishListeners.delete(listener);
    },
    onLog: (listener) => void logListeners.add(listener),
  };
}
