// The MQTT session: connects, subscribes, keeps alive, backs off, and starts again.
import {
  decode,
  DISCONNECT,
  encodeConnect,
  encodePuback,
  encodePublish,
  encodeSubscribe,
  PacketType,
  PINGREQ,
  PublishFlag,
} from './packet.ts';
import { backoffMs } from './backoff.ts';
import { BEAT_S, Progress } from './beat.ts';
import { newBrokers, nextAttemptMs } from './brokers.ts';
import { newLink } from './link.ts';
import type { Bytes, Socket } from './board.ts';
import { newRedelivery, Delivery, type Redelivery } from './redelivery.ts';
import type { Mqtt, MqttBoard, MqttClient, MqttSettings } from './session.ts';
import { isTakenOver, type Takeover } from './takeover.ts';

const enum State {
  STOPPED,
  BACKOFF,
  /** CONNECT is on its way, CONNACK is due. */
  CONNECTING,
  /** CONNACK was good, SUBACK is due. */
  SUBSCRIBING,
  CONNECTED,
}

/** Payloads of the status topic: birth and will. */
const enum Status {
  ONLINE = 'online',
  OFFLINE = 'offline',
}

/** PINGREQ twice per keep alive: a dead link is noticed within one. */
const PING_MS_PER_S = 500;
/** For CONNACK and for SUBACK: a busy broker on a bad radio answers within seconds. */
const HANDSHAKE_MS = 10_000;
/** Longer than any connect blocks: setting the clock meanwhile cannot lengthen the wait. */
const LONGEST_BLOCK_MS = 60_000;
/** So many pieces of input (up to 536 bytes each) since the last PINGREQ prove the link; PINGRESP may be queued behind them. */
const STREAMING_CHUNKS = 3;
/** Unsent bytes in the interpreter's buffer, which has no bound: publishing waits; the link counts as stuck. */
const CONGESTED_BYTES = 512;
const STUCK_BYTES = 8_192;
/** A timer this late means a stuck session. (A connect and a few callbacks may block for most of it.) */
const LATE_BEATS = 24;
const BEAT_MS = BEAT_S * 1000;
/** Longer than any back-off: two lights with one identifier leave each other less. */
const LASTING_BEATS = 18;
/** Packet identifier of the only SUBSCRIBE of a session. */
const SUBSCRIBE_ID = 1;

/** Creates a stopped session; call start() to connect. */
export function createMqtt(board: MqttBoard, settings: MqttSettings, client: MqttClient): Mqtt {
  const topics = client.topics;
  const brokers = newBrokers(settings.broker);
  const takeover: Takeover = { signs: 0, sinceS: 0, hasStranger: false, allowedS: 0 };
  let redelivery: Redelivery | undefined; // made when it is needed
  let state: State = State.STOPPED;
  let link = newLink();
  let timer = 0;
  let takesRetained = client.takesRetained;
  let hasReached = false; // TCP has connected since the last beat
  let beats = 0;
  let untilLate = 0; // beats

  /**
   * The only writer of the state and the only owner of the timer; none where `ms` is negative. The interpreter may cut a
   * callback off anywhere: then there is no timer, and `start` makes one.
   */
  function enter(next: State, ms: number): void {
    const old = timer;
    timer = 0;
    if (old) board.clearTimeout(old);
    state = next;
    untilLate = ms / BEAT_MS + LATE_BEATS;
    if (ms >= 0) timer = board.setTimeout(onTimer, ms);
  }

  function close(): void {
    const old = link.socket;
    if (state === State.CONNECTED) takesRetained = false;
    link = newLink();
    if (!old) return;
    old.removeAllListeners();
    try {
      old.end();
    } catch {
      // it was closed already
    }
  }

  /** Ends the connection and backs off; the only way there. The next attempt goes to the next broker, or after a good session to the same. */
  function drop(reason: string): void {
    const before = brokers.index;
    const waitMs = nextAttemptMs(brokers, link, session.spreadS, board.random());
    takeover.signs = 0; // most reasons exclude a rival; onClose puts them back
    if (brokers.index !== before) redelivery = undefined;
    close();
    enter(State.BACKOFF, waitMs);
    session.lastReason = reason;
    board.log('mqtt down: ' + reason + ', retry in ' + (waitMs / 1000).toFixed(1) + ' s');
  }

  function send(bytes: Bytes): void {
    link.unsent += bytes.length;
    if (link.unsent > STUCK_BYTES) return drop('broker does not read');
    try {
      link.socket!.write(bytes);
    } catch {
      drop('write failed');
    }
  }

  /** Sends CONNECT without waiting for the 'connect' event: the interpreter buffers it, and data may well come first. */
  function connect(): void {
    const startedS = board.getTime();
    enter(State.CONNECTING, HANDSHAKE_MS); // before the connect, which may throw: the retries must go on
    try {
      const socket = (link.socket = board.net.connect(brokers.list[brokers.index]!));
      socket.on('data', onData);
      socket.on('drain', onDrain);
      socket.on('close', onClose);
    } catch (error) {
      // somebody may have set the clock meanwhile
      link.blockedMs = Math.min(LONGEST_BLOCK_MS, (board.getTime() - startedS) * 1000);
      return drop((error as Error).message);
    }
    hasReached = true;
    link.sinceBeat = beats;
    enter(State.CONNECTING, HANDSHAKE_MS); // the connect may have blocked for longer than that
    const id = client.clientId(isTakenOver(takeover, beats * BEAT_S, board.log));
    send(encodeConnect(id, settings, client.statusTopic, Status.OFFLINE));
  }

  function onTimer(): void {
    timer = 0;
    if (state === State.BACKOFF) return connect();
    if (state === State.CONNECTING) return drop('no CONNACK');
    if (link.chunks < STREAMING_CHUNKS) {
      if (state === State.SUBSCRIBING) return drop('no SUBACK');
      if (link.isPinging) return drop('no PINGRESP');
    }
    if (redelivery && !link.isPinging) redelivery.ping(false);
    link.isPinging = true;
    link.chunks = 0;
    enter(state, settings.keepAliveS * PING_MS_PER_S);
    send(PINGREQ);
  }

  // In the next three `this` is the socket. They ignore events from sockets we have already replaced.

  function onData(this: Socket, bytes: Bytes): void {
    const mine = link;
    if (this !== mine.socket) return;
    mine.chunks++;
    let input = mine.input + bytes;
    let left = input.length;
    try {
      while (left > 0) {
        const size = mine.skip || decode(input, left, onPublish, onReply);
        if (!size || mine !== link) break;
        left -= size;
        mine.skip = left < 0 ? -left : 0;
        input = left > 0 ? input.substr(size) : '';
      }
      mine.input = input;
    } catch (error) {
      drop((error as Error).message);
    }
  }

  function onDrain(this: Socket): void {
    if (this !== link.socket) return;
    link.unsent = 0;
    if (link.hasRefused) ready(false);
  }

  /** Calls the application; an exception there must not end the connection. */
  function ready(isConnected: boolean): void {
    link.hasRefused = false;
    try {
      client.onReady(isConnected);
    } catch (error) {
      board.log('report failed: ' + (error as Error).message);
    }
  }

  function onClose(this: Socket, hadError: boolean): void {
    if (this !== link.socket) return;
    let signs = takeover.signs;
    if (state >= State.SUBSCRIBING) {
      // a rival cuts the session between two packets
      const isSign = beats - link.sinceBeat < LASTING_BEATS && !link.input && !link.skip;
      signs = isSign ? signs + 1 : 0;
      if (!isSign) takeover.hasStranger = false;
      if (signs === 1) takeover.sinceS = beats * BEAT_S;
    }
    drop(hadError ? 'connection lost' : 'closed by the broker');
    takeover.signs = signs;
  }

  /**
   * Sends PUBACK after the lamp has changed, so that a command is obeyed at least once. A kept session may still have the
   * subscriptions of earlier settings: messages on these topics are acknowledged and ignored.
   */
  function onPublish(flags: number, topic: Bytes, payload: Bytes, id: number): void {
    try {
      if (state !== State.CONNECTED || topics.indexOf(topic) < 0) onSpecial(flags, topic, payload, id);
      else if (flags === PublishFlag.QOS_0) client.onMessage(payload, false, topic);
      else if (flags === PublishFlag.QOS_1 && redelivery) {
        redelivery.remember(id, topic + payload);
        client.onMessage(payload, false, topic);
      } else onSpecial(flags, topic, payload, id);
    } catch (error) {
      board.log('message failed: ' + error); // still acknowledged, or it would come again for ever
    }
    if (id && link.socket) send(/* @__NOINLINE__ */ encodePuback(id));
  }

  /** Handles retained and repeated messages, the status topic, and topics that are not ours. */
  function onSpecial(flags: number, topic: Bytes, payload: Bytes, id: number): void {
    if (state < State.SUBSCRIBING) return drop('packet out of turn [MQTT-4.8.0-1]');
    let delivery = Delivery.NEW;
    if (id) {
      redelivery = redelivery || newRedelivery();
      delivery = redelivery.judge(flags & PublishFlag.DUP, id, topic + payload);
    }
    if (topic === client.statusTopic) {
      if (payload !== Status.ONLINE) send(encodePublish(topic, Status.ONLINE));
      return;
    }
    if (topics.indexOf(topic) < 0) {
      if (topic.substr(0, 15) === 'light/firmware/') {
        if (client.updater) client.updater.onChunk(topic, payload);
      } else if (!(flags & PublishFlag.RETAIN) && topic.substr(0, 6) === 'light/') takeover.hasStranger = true; // another light's
      return;
    }
    if (delivery === Delivery.REPEATED || (flags & PublishFlag.RETAIN && !takesRetained)) return;
    if (client.onMessage(payload, delivery > 0, topic) && delivery) redelivery!.again();
  }

  function onReply(type: PacketType, number: number, text: Bytes): void {
    if (type === PacketType.CONNACK && state === State.CONNECTING) {
      const words = ['protocol version', 'client identifier', 'unavailable', 'user name or password', 'not authorized'];
      if (number) throw new Error('CONNACK refused: ' + (words[number - 1] || number));
      if (!text) redelivery = undefined;
      if (redelivery) redelivery.connected();
      enter(State.SUBSCRIBING, HANDSHAKE_MS);
      send(
        encodePublish(client.statusTopic, Status.ONLINE) + encodeSubscribe(SUBSCRIBE_ID, topics, client.statusTopic),
      );
    } else if (type === PacketType.SUBACK && state === State.SUBSCRIBING) onSuback(number, text);
    else if (type === PacketType.SUBACK && number > SUBSCRIBE_ID && link.acks) {
      link.acks--;
      if (text > '\x02' && client.updater) client.updater.onRefusal();
    } else if (type !== PacketType.PINGRESP || state < State.SUBSCRIBING) {
      throw new Error('packet out of turn [MQTT-4.8.0-1]');
    } else if (link.isPinging) {
      link.isPinging = false;
      link.isGood = true;
      brokers.failures = 0;
      brokers.untried = brokers.list.length;
      if (redelivery) redelivery.ping(true);
    }
  }

  function onSuback(id: number, codes: Bytes): void {
    const broker = brokers.list[brokers.index]!;
    if (id !== SUBSCRIBE_ID || codes.length !== topics.length + 1)
      throw new Error('SUBACK does not fit SUBSCRIBE [MQTT-3.8.4-5]');
    for (let i = 0; i <= topics.length; i++) {
      const refusal = codes.charCodeAt(i) > 2 && 'SUBACK refused: ' + (topics[i - 1] || client.statusTopic);
      if (refusal && i <= settings.topics.length + 1) throw new Error(refusal);
      if (refusal) board.log(refusal + ', goes on without it');
    }
    enter(State.CONNECTED, settings.keepAliveS * PING_MS_PER_S);
    board.log('mqtt connected as ' + client.clientId(false) + ' at ' + broker.host + ':' + broker.port);
    ready(true);
  }

  const session: Mqtt = {
    lastReason: '',
    spreadS: settings.spreadS,
    start: function () {
      if (state !== State.STOPPED && timer) return;
      close();
      brokers.untried = brokers.list.length;
      enter(State.BACKOFF, backoffMs(0, board.random(), session.spreadS));
    },
    stop: function (isWanted) {
      if (!isWanted) session.lastReason = 'wifi down';
      else if (state >= State.SUBSCRIBING) send(encodePublish(client.statusTopic, Status.OFFLINE) + DISCONNECT);
      close();
      enter(State.STOPPED, -1);
    },
    publish: function (topic, payload, acks) {
      if (state === State.CONNECTED && (acks || link.unsent <= CONGESTED_BYTES)) {
        if (acks) link.acks = (link.acks || 0) + acks;
        send(topic ? encodePublish(topic, payload) : payload);
        return true;
      }
      link.hasRefused = true;
      return false;
    },
    beat: function () {
      beats++;
      const was = hasReached || link.socket || state === State.STOPPED;
      hasReached = false;
      if (state !== State.STOPPED && untilLate-- < 0) return Progress.NONE;
      return was ? Progress.REACHED : Progress.TRIED;
    },
  };
  return session;
}
