// What an MQTT session needs and offers: the types that mqtt.ts and tinyMqtt.ts share; and the beat.
import type { Progress } from './beat.ts';
import type { Login } from './packet.ts';
import type { Board, Bytes } from './board.ts';

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
  /** The first window of the back-off, in seconds: a large fleet needs a large one. */
  spreadS: number;
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
  /** After each connect, and when a congested link has drained: time to publish what was refused. */
  onReady(connected: boolean): void;
}

/** A session that never gives up until it is stopped. */
export interface Mqtt {
  /** Why the link was lost, or the last attempt has failed. */
  lastReason: string;
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
   * @returns false when offline or congested; `onReady` follows when it is worth another try
   */
  publish(topic: Bytes, payload: Bytes): boolean;
  /** Called every BEAT_S: how the session gets on. */
  beat(): Progress;
}
