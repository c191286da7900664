// The MQTT session: connect, handshake, keep alive, back off, and again for ever.
import { backoffMs } from './backoff.ts';
import { decode, encodeConnect, encodePuback, encodePublish, encodeSubscribe, Fixed, PacketType } from './packet.ts';
import type { Connack, Packet, Publish, Suback } from './packet.ts';
import type { Bytes, Socket } from './ports.ts';
import type { Mqtt, MqttBoard, MqttClient, MqttSettings } from './session.ts';

const enum State {
  STOPPED,
  BACKOFF,
  /** CONNECT is on its way, CONNACK is due. */
  CONNECTING,
  /** CONNACK was good, SUBACK is due. */
  SUBSCRIBING,
  CONNECTED,
}

const enum Limit {
  /** PINGREQ twice per keep alive: a dead link is noticed within one. */
  PING_MS_PER_S = 500,
  /** For CONNACK and for SUBACK: a busy broker on a bad radio answers within seconds. */
  HANDSHAKE_MS = 10_000,
  /** More input than this since the last PINGREQ: PINGRESP may be queued behind it, the link is not dead. */
  STREAMING_BYTES = 1_024,
  /** Unsent bytes in the interpreter's buffer, which has no bound: publishing waits; the link counts as stuck. */
  CONGESTED_BYTES = 512,
  STUCK_BYTES = 8_192,
  /** Up to six for each packet identifier whose redelivery is recognised: mosquitto has 20 in flight. */
  SEEN_CHARS = 128,
  /** Signs that another client uses our identifier: a short session is one, a session wiped meanwhile another. */
  TAKEOVER_SIGNS = 5,
}

/** Payloads of the status topic: birth and will. */
const enum Status {
  ONLINE = 'online',
  OFFLINE = 'offline',
}

/** A stopped session. */
export function createMqtt(board: MqttBoard, settings: MqttSettings, client: MqttClient): Mqtt {
  const brokers = settings.broker;
  let state: State = State.STOPPED;
  let timer = 0;
  let socket: Socket | undefined;
  let brokerAt = 0;
  let untried = 0; // brokers left in this round of attempts
  let failures = 0; // back-offs since a session that lasted
  let blockedMs = 0; // how long the last attempt held the whole chip
  let input = ''; // from the start of a packet on
  let skip = 0; // bytes of a long PUBLISH still to be read past
  let heard = 0; // bytes since the last PINGREQ
  let unsent = 0; // bytes written since the interpreter's buffer was empty
  let refused = false; // a publish waits for better times
  let pinging = false; // PINGRESP is due
  let lasted = false; // the session has reached its first PINGREQ
  let isFirst = true; // no session since power-up has been lost yet
  let takeoverSigns = 0;
  let seen = ','.repeat(Limit.SEEN_CHARS); // packet identifiers obeyed last, each between commas; its length never grows

  /** The only writer of the state and the only owner of the timer; none where `ms` is negative. */
  function enter(next: State, ms: number): void {
    state = next;
    if (timer) board.clearTimeout(timer);
    timer = ms < 0 ? 0 : board.setTimeout(onTimer, ms);
  }

  function close(): void {
    const old = socket;
    if (!old) return;
    if (state === State.CONNECTED) isFirst = false;
    socket = undefined;
    old.removeAllListeners();
    try {
      old.end();
    } catch {
      // it was closed already
    }
  }

  /** The one road to back-off. A failed attempt hands over to the next broker at once, a lost session waits for its own. */
  function drop(reason: string): void {
    let waitMs = blockedMs;
    close();
    if (!lasted) {
      brokerAt = (brokerAt + 1) % brokers.length;
      untried--;
    }
    if (lasted || untried < 1) {
      waitMs = Math.max(waitMs, backoffMs(failures++, board.random()));
      untried = brokers.length;
    }
    enter(State.BACKOFF, waitMs);
    client.onDown(reason);
    board.log('mqtt down: ' + reason + ', retry in ' + (waitMs / 1000).toFixed(1) + ' s');
  }

  function send(bytes: Bytes): void {
    unsent += bytes.length;
    if (unsent > Limit.STUCK_BYTES) return drop('broker does not read');
    try {
      socket!.write(bytes);
    } catch {
      drop('write failed');
    }
  }

  /** Sends CONNECT without waiting for the 'connect' event: the interpreter buffers it, and data may well come first. */
  function connect(): void {
    const startedS = board.getTime();
    input = '';
    skip = heard = unsent = blockedMs = 0;
    refused = pinging = lasted = false;
    enter(State.CONNECTING, Limit.HANDSHAKE_MS); // before what may throw: nothing must end the retries
    try {
      socket = board.net.connect(brokers[brokerAt]!);
      socket.on('data', onData);
      socket.on('drain', onDrain);
      socket.on('close', onClose);
    } catch (error) {
      takeoverSigns = 0; // it is the broker, not a rival
      blockedMs = (board.getTime() - startedS) * 1000;
      return drop((error as Error).message);
    }
    enter(State.CONNECTING, Limit.HANDSHAKE_MS); // the connect may have blocked for longer than that
    send(encodeConnect(client.clientId(false), settings, { topic: client.statusTopic, payload: Status.OFFLINE }));
  }

  function onTimer(): void {
    timer = 0;
    if (state === State.BACKOFF) return connect();
    if (state === State.CONNECTING) return drop('no CONNACK');
    if (heard < Limit.STREAMING_BYTES) {
      if (state === State.SUBSCRIBING) return drop('no SUBACK');
      if (pinging) return drop('no PINGRESP');
    }
    lasted = pinging = true;
    failures = takeoverSigns = heard = 0;
    enter(state, settings.keepAliveS * Limit.PING_MS_PER_S);
    send(Fixed.PINGREQ);
  }

  // `this` is the socket: what one that was let go still has to say does not count.

  function onData(this: Socket, bytes: Bytes): void {
    heard += bytes.length;
    input += bytes;
    let read = 1;
    while (read && this === socket) {
      try {
        const packet = skip ? undefined : decode(input);
        if (packet) receive(packet);
        if (packet) skip = packet.size;
      } catch (error) {
        drop((error as Error).message);
      }
      read = Math.min(skip, input.length);
      input = input.substr(read);
      skip -= read;
    }
  }

  function onDrain(this: Socket): void {
    if (this !== socket) return;
    unsent = 0;
    if (refused) ready(false);
  }

  /** What goes wrong in the application is not the link's fault. */
  function ready(isConnected: boolean): void {
    try {
      client.onReady(isConnected);
    } catch (error) {
      board.log('report failed: ' + (error as Error).message);
    }
  }

  function onClose(this: Socket, hadError: boolean): void {
    if (this !== socket) return;
    if (state >= State.SUBSCRIBING && !lasted) takeoverSigns++;
    if (takeoverSigns >= Limit.TAKEOVER_SIGNS) {
      takeoverSigns = 0;
      client.clientId(true);
    }
    drop(hadError ? 'connection lost' : 'closed by the broker');
  }

  function receive(packet: Packet): void {
    if (packet.type === PacketType.PUBLISH && state >= State.SUBSCRIBING) onPublish(packet);
    else if (packet.type === PacketType.PINGRESP && state >= State.SUBSCRIBING) pinging = false;
    else if (packet.type === PacketType.CONNACK && state === State.CONNECTING) onConnack(packet);
    else if (packet.type === PacketType.SUBACK && state === State.SUBSCRIBING) onSuback(packet);
    else throw new Error('packet out of turn [MQTT-4.8.0-1]');
  }

  function onConnack(connack: Connack): void {
    const reasons = ['protocol version', 'client identifier', 'unavailable', 'user name or password', 'not authorized'];
    if (connack.code) throw new Error('CONNACK refused: ' + (reasons[connack.code - 1] || connack.code));
    if (!connack.sessionPresent) {
      seen = ','.repeat(Limit.SEEN_CHARS);
      if (takeoverSigns) takeoverSigns++;
    }
    enter(State.SUBSCRIBING, Limit.HANDSHAKE_MS);
    send(encodePublish(client.statusTopic, Status.ONLINE) + encodeSubscribe(1, client.topics, client.statusTopic));
  }

  function onSuback(suback: Suback): void {
    const topics = client.topics;
    const broker = brokers[brokerAt]!;
    if (suback.codes.length !== topics.length + 1) throw new Error('SUBACK does not fit SUBSCRIBE [MQTT-3.8.4-5]');
    for (let i = 0; i <= topics.length; i++) {
      if (suback.codes.charCodeAt(i) > 2) throw new Error('SUBACK refused: ' + (topics[i - 1] || client.statusTopic));
    }
    untried = brokers.length;
    board.log('mqtt connected as ' + client.clientId(false) + ' at ' + broker.host + ':' + broker.port);
    enter(State.CONNECTED, settings.keepAliveS * Limit.PING_MS_PER_S);
    ready(true);
  }

  /**
   * PUBACK follows the deed: a command is obeyed at least once, and not again when it is redelivered. What the broker had
   * retained is news to the first session only: a reconnect must not repeat an old command.
   */
  function onPublish(message: Publish): void {
    // the interpreter also finds a needle that only begins at the end of a text: `;` is in none
    const isAgain = message.dup && (seen + ';').indexOf(',' + message.id + ',') >= 0;
    // a session outlives the settings that it was made with, and so do its subscriptions
    const isOurs = client.topics.indexOf(message.topic) >= 0;
    if (message.qos > 1) throw new Error('QoS 2 PUBLISH, though QoS 1 was granted [MQTT-3.8.4-6]');
    try {
      if (message.topic === client.statusTopic) {
        if (message.payload !== Status.ONLINE) send(encodePublish(message.topic, Status.ONLINE));
      } else if (isOurs && !isAgain && (isFirst || !message.retain)) client.onMessage(message.topic, message.payload);
    } catch (error) {
      board.log('message failed: ' + error); // acknowledged all the same, or it would come back for ever
    }
    if (!message.qos || !socket) return;
    seen = (',' + message.id + seen).substr(0, Limit.SEEN_CHARS);
    send(encodePuback(message.id));
  }

  return {
    start: function () {
      if (state !== State.STOPPED) return;
      untried = brokers.length;
      enter(State.BACKOFF, backoffMs(0, board.random()));
    },
    stop: function (isWanted) {
      if (isWanted && state >= State.SUBSCRIBING) {
        send(encodePublish(client.statusTopic, Status.OFFLINE) + Fixed.DISCONNECT);
      }
      close();
      enter(State.STOPPED, -1);
    },
    publish: function (topic, payload) {
      refused = state !== State.CONNECTED || unsent > Limit.CONGESTED_BYTES;
      if (!refused) send(encodePublish(topic, payload));
      return !refused;
    },
  };
}
