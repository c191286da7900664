// What an MQTT session needs and offers: the types that mqtt.ts and tinyMqtt.ts share, and the topic of roll calls.
import type { Progress } from './beat.ts';
import type { Login } from './packet.ts';
import type { Board, Bytes } from './board.ts';

/** A topic of all lights. */
export const enum Topic {
  /** A roll call: any message here makes each light report again. A broker that refuses the subscription is good all the same. */
  CALL = 'light/call',
}

/** A broker's address. */
export interface Broker {
  host: string;
  /** 1-65535 */
  port: number;
}

/** What a session needs of the board. */
export type MqttBoard = Pick<Board, 'net' | 'setTimeout' | 'clearTimeout' | 'getTime' | 'random' | 'log'>;

/** What a session needs of the settings. A dead link is noticed within the keep alive. */
export interface MqttSettings extends Login {
  /** In order of preference, at least one; a failed attempt tries the next, a good one stays. */
  broker: Broker[];
  /** Shared command topics. The client's topics begin with them and one of the light's own: without these a session is not connected. */
  topics: Bytes[];
  /** The first window of the back-off, in seconds: a large fleet needs a large one. */
  spreadS: number;
}

/** The updater (update/), while it is there. */
export interface Updater {
  /** Takes a signed message; '' to go on with what a restart has interrupted. */
  receive(message: Bytes): void;
  /** Takes a piece of a program. */
  onChunk(topic: Bytes, payload: Bytes): void;
  /** The broker does not grant a subscription. */
  onRefusal(): void;
  /** The version that is to run. */
  latest: string;
  /** How much of it has been fetched, 0-100; undefined while none is. */
  percent: number | undefined;
}

/** What a session does for its application. */
export interface MqttClient {
  /**
   * The client identifier, 1-23 chars `[0-9a-zA-Z]`.
   * @param renew it is evidently in use elsewhere: make another
   */
  clientId(renew: boolean): Bytes;
  /** Retained `online` as birth, `offline` as will; a false `offline` is corrected. */
  statusTopic: Bytes;
  /** Subscribed to at QoS 1. */
  topics: Bytes[];
  /** Whether a retained command is news: in the first session after power-up, and not again with every reconnect. */
  takesRetained: boolean;
  /**
   * A message on one of the topics.
   * @param payload at most 1 KB of it; the rest was read past
   * @param mayBeRepeated it may have been handed over before: what toggles must not be obeyed
   * @returns whether it was obeyed
   */
  onMessage(payload: Bytes, mayBeRepeated: boolean, topic: Bytes): boolean;
  /** Absent unless there is something to do for it. */
  updater?: Updater | undefined;
  /** After each connect, and when a congested link has drained: time to publish what was refused. */
  onReady(connected: boolean): void;
}

/** A session that never gives up until it is stopped. */
export interface Mqtt {
  /** Why the link was lost, or the last attempt has failed. */
  lastReason: string;
  /** The setting; may be changed for a time. */
  spreadS: number;
  /**
   * Begins to connect, after a random part of `spreadS` so that a street whose power is back does not come as one.
   * Harmless while it runs; mends a session whose start was cut off in the middle.
   */
  start(): void;
  /**
   * Lets go of the link and stays away.
   * @param isWanted says `offline` and DISCONNECT first; without it, because the network is gone, the will may speak
   */
  stop(isWanted: boolean): void;
  /**
   * Publishes retained, at QoS 0.
   * @param topic '' for a payload that consists of packets, to be sent as they are
   * @param acks how many SUBACKs and UNSUBACKs will answer these, with packet identifiers above 1; such a request does not wait for a congested link
   * @returns false when offline or congested; `onReady` follows when it is worth another try
   */
  publish(topic: Bytes, payload: Bytes, acks?: number): boolean;
  /** Called every BEAT_S: how the session gets on. */
  beat(): Progress;
}
