// What an MQTT session needs and offers: the types that mqtt.ts and tinyMqtt.ts share; no byte of them is on the chip.
import type { Login } from './packet.ts';
import type { Board, Bytes } from './ports.ts';

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
  /**
   * A message on one of the topics. What was delivered before at QoS 1 does not come twice, and what the broker had
   * retained comes once after power-up, not again with every reconnect.
   * @param payload at most 1 KB of it; the rest was read past
   */
  onMessage(topic: Bytes, payload: Bytes): void;
  /** The link is lost, or an attempt has failed. */
  onDown(reason: string): void;
  /** After each connect, and when a congested link has drained: time to publish what was refused. */
  onReady(connected: boolean): void;
}

/** A session that never gives up until it is stopped. */
export interface Mqtt {
  /** Begins to connect, after a random part of a second so that a street whose power is back does not come as one. */
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
}
