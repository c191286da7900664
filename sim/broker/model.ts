// A model of an MQTT 3.1.1 broker, bytes in and bytes out: it does what the standard asks, in order, and nothing else, and it notes
// what a client does against the standard.

import { generate, parser, type IConnectPacket, type ISubscribePacket, type Packet } from 'mqtt-packet';
import type { Stream } from '../network/fate.ts';
import type { TimeSource, Timer } from '../time/timeSource.ts';

/** A message on its way to subscribers. */
export interface Message {
  topic: string;
  /** One char per byte. */
  payload: string;
  qos: 0 | 1;
}

/** Options of a model broker. */
export interface ModelBrokerOptions {
  time: Pick<TimeSource, 'setTimeout' | 'clearTimeout'>;
  /** Packet identifiers: counted upward like mosquitto's, or the lowest that is free like HiveMQ's. */
  identifiers: 'rising' | 'lowest';
  /** Messages in flight at once. */
  window: number;
  /** Where rising ones start; they wrap at 65535. */
  firstIdentifier?: number;
}

/** One connection, as the broker sees it. */
interface Peer {
  stream: Stream;
  /** Each PUBLISH that was written to it, in order. */
  sent: Message[];
  /** Packet identifiers whose PUBACK is due, in order. */
  unacked: number[];
  session?: Session;
  will?: IConnectPacket['will'];
  keepAlive?: Timer;
  keepAliveS: number;
  isOver: boolean;
}

interface Session {
  subscriptions: Map<string, number>;
  /** Sent and not acknowledged, in order. */
  inFlight: { id: number; message: Message }[];
  queue: Message[];
  lastId: number;
  peer?: Peer | undefined;
}

const HIGHEST_ID = 65_535;

const text = (payload: string | Buffer): string => payload.toString('latin1');

function write(peer: Peer, packet: Packet): void {
  peer.stream.write(generate(packet).toString('latin1'));
}

function writePublish(
  peer: Peer,
  message: Message,
  more: { messageId?: number; dup?: boolean; retain?: boolean },
): void {
  peer.sent.push(message);
  if (more.messageId) peer.unacked.push(more.messageId);
  const payload = Buffer.from(message.payload, 'latin1');
  const qos = more.messageId ? 1 : 0;
  write(peer, { cmd: 'publish', topic: message.topic, payload, qos, dup: false, retain: false, ...more });
}

function nextId(session: Session, identifiers: ModelBrokerOptions['identifiers']): number {
  if (identifiers === 'rising') return (session.lastId = (session.lastId % HIGHEST_ID) + 1);
  let id = 1;
  while (session.inFlight.some((sent) => sent.id === id)) id += 1;
  return id;
}

/** Creates a broker without sessions. */
export function createModelBroker({ time, identifiers, window, firstIdentifier = 1 }: ModelBrokerOptions) {
  const sessions = new Map<string, Session>();
  /** Retained messages by topic. */
  const retained = new Map<string, string>();
  /** What the light sent against the standard. */
  const violations: string[] = [];
  const peers: Peer[] = [];
  const listeners: ((topic: string, payload: string) => void)[] = [];

  /** Sends what is queued, as far as the window allows. */
  function sendQueued(session: Session): void {
    while (session.peer && session.queue.length && session.inFlight.length < window) {
      const message = session.queue.shift()!;
      const messageId = nextId(session, identifiers);
      session.inFlight.push({ id: messageId, message });
      writePublish(session.peer, message, { messageId });
    }
  }

  /** Keeps a message, or with an empty one none. */
  function retain(topic: string, payload: string): void {
    if (payload) retained.set(topic, payload);
    else retained.delete(topic);
  }

  function publish(message: Message): void {
    for (const listener of listeners) listener(message.topic, message.payload);
    for (const session of sessions.values()) {
      const qos = session.subscriptions.get(message.topic);
      if (qos === undefined) continue;
      if (Math.min(qos, message.qos) === 0) {
        if (session.peer) writePublish(session.peer, message, {});
      } else {
        session.queue.push(message);
        sendQueued(session);
      }
    }
  }

  /** The connection is over, for whatever reason. */
  function drop(peer: Peer): void {
    if (peer.isOver) return;
    peer.isOver = true;
    time.clearTimeout(peer.keepAlive);
    peer.stream.end();
    const { session, will } = peer;
    if (session?.peer === peer) session.peer = undefined;
    if (!will) return;
    if (will.retain) retained.set(will.topic, text(will.payload));
    publish({ topic: will.topic, payload: text(will.payload), qos: will.qos ? 1 : 0 });
  }

  function violation(peer: Peer, what: string): void {
    violations.push(what);
    drop(peer);
  }

  function onConnect(peer: Peer, packet: IConnectPacket): void {
    const { clientId, clean, keepalive = 0, will } = packet;
    if (!/^[0-9a-zA-Z]{1,23}$/.test(clientId)) return violation(peer, `client identifier ${clientId} [MQTT-3.1.3-5]`);
    const old = sessions.get(clientId);
    if (old?.peer) drop(old.peer); // [MQTT-3.1.4-2]
    const kept = clean ? undefined : old;
    const session: Session = kept ?? { subscriptions: new Map(), inFlight: [], queue: [], lastId: firstIdentifier - 1 };
    sessions.set(clientId, session);
    Object.assign(peer, { session, will, keepAliveS: keepalive });
    session.peer = peer;
    write(peer, { cmd: 'connack', returnCode: 0, sessionPresent: kept !== undefined });
    for (const { id, message } of session.inFlight) writePublish(peer, message, { messageId: id, dup: true }); // [MQTT-4.4.0-1]
    sendQueued(session);
  }

  function onSubscribe(peer: Peer, session: Session, { messageId, subscriptions }: ISubscribePacket): void {
    for (const { topic, qos } of subscriptions) session.subscriptions.set(topic, Math.min(qos, 1));
    write(peer, { cmd: 'suback', messageId: messageId!, granted: subscriptions.map(({ qos }) => Math.min(qos, 1)) });
    for (const { topic } of subscriptions) {
      const payload = retained.get(topic);
      if (payload !== undefined) writePublish(peer, { topic, payload, qos: 0 }, { retain: true });
    }
  }

  function onPuback(peer: Peer, session: Session, id: number): void {
    if (peer.unacked.shift() !== id) return violation(peer, `PUBACK ${id} out of order [MQTT-4.6.0-2]`);
    session.inFlight = session.inFlight.filter((sent) => sent.id !== id);
    sendQueued(session);
  }

  function onPacket(peer: Peer, packet: Packet): void {
    const { session } = peer;
    if (packet.cmd === 'connect' && !session) return onConnect(peer, packet);
    if (!session) return violation(peer, `${packet.cmd} before CONNECT [MQTT-3.1.0-1]`);
    if (packet.cmd === 'subscribe') onSubscribe(peer, session, packet);
    else if (packet.cmd === 'unsubscribe') {
      for (const topic of packet.unsubscriptions) session.subscriptions.delete(topic);
      write(peer, { cmd: 'unsuback', messageId: packet.messageId!, granted: [] });
    } else if (packet.cmd === 'puback') onPuback(peer, session, packet.messageId!);
    else if (packet.cmd === 'pingreq') write(peer, { cmd: 'pingresp' });
    else if (packet.cmd === 'publish' && packet.qos === 0) {
      if (packet.retain) retain(packet.topic, text(packet.payload));
      publish({ topic: packet.topic, payload: text(packet.payload), qos: 0 });
    } else if (packet.cmd === 'disconnect') {
      delete peer.will;
      drop(peer);
    } else violation(peer, `unexpected ${packet.cmd}`);
  }

  function accept(stream: Stream): { receive(bytes: string): void; closed(): void } {
    const peer: Peer = { stream, sent: [], unacked: [], keepAliveS: 0, isOver: false };
    const reader = parser({ protocolVersion: 4 });
    const closed = (): void => drop(peer);
    peers.push(peer);
    reader.on('packet', (packet) => peer.isOver || onPacket(peer, packet));
    reader.on('error', (error) => violation(peer, error.message));
    return {
      closed,
      receive(bytes) {
        if (peer.isOver) return;
        reader.parse(Buffer.from(bytes, 'latin1'));
        time.clearTimeout(peer.keepAlive);
        if (peer.isOver || !peer.keepAliveS) return;
        peer.keepAlive = time.setTimeout(closed, peer.keepAliveS * 1500); // [MQTT-3.1.2-24]
      },
    };
  }

  return {
    ...{ accept, publish, retained, violations },
    /** Every connection, oldest first. */
    peers: peers as readonly { sent: readonly Message[] }[],
    /** Calls back for every message that is published. */
    onPublish: (listener: (topic: string, payload: string) => void): void => void listeners.push(listener),
    /** Topics that somebody is subscribed to, connected or not. */
    subscriptions: (): string[] => [...sessions.values()].flatMap(({ subscriptions }) => [...subscriptions.keys()]),
    /** Client identifiers that ever connected. */
    clients: (): string[] => [...sessions.keys()],
    /** Whether somebody is connected, has subscribed, and has acknowledged everything. */
    isDrained: (): boolean =>
      [...sessions.values()].some(
        ({ peer, inFlight, queue, subscriptions }) => peer && subscriptions.size && !inFlight.length && !queue.length,
      ),
  };
}

/** A model broker. */
export type ModelBroker = ReturnType<typeof createModelBroker>;
