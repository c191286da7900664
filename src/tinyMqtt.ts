// The same session on Espruino's tinyMQTT module, chosen by `npm run build -- --mqtt=tinyMQTT`. docs/design.md tells what is lost.
import { Progress } from './beat.ts';
import type { Mqtt, MqttBoard, MqttClient, MqttSettings } from './session.ts';

/** An instance of the module; there can be one only. */
interface TinyMqtt {
  connect(): void;
  disconnect(): void;
  subscribe(topic: string): void;
  /** Retained; throws when topic and message have more than 127 bytes together. */
  publish(topic: string, message: string): void;
  on(event: 'connected' | 'disconnected', listener: () => void): void;
  on(event: 'message', listener: (message: { topic: string; message: string }) => void): void;
}

/** The only part that names globals: the module itself asks getSerial() for its client identifier. */
declare function require(module: 'tinyMQTT'): { create(host: string, options: object): TinyMqtt };
declare const global: { getSerial: () => string };

/** The session's topics fit into a packet of the module; longer reports than this are left out. */
const MAX_BYTES = 120;

/** Creates a stopped session on the first broker of the list. */
export function createMqtt(board: MqttBoard, settings: MqttSettings, client: MqttClient): Mqtt {
  let tiny: TinyMqtt | undefined;
  let isConnected = false;
  let isStopped = true;

  function publish(topic: string, payload: string): boolean {
    if (!isConnected) return false;
    if (topic.length + payload.length <= MAX_BYTES) tiny!.publish(topic, payload);
    return true;
  }

  function create(): TinyMqtt {
    const broker = settings.broker[0]!;
    const id = client.clientId(false);
    global.getSerial = function () {
      return id; // the module makes it its client identifier
    };
    const created = require('tinyMQTT').create(broker.host, {
      port: broker.port,
      keep_alive: settings.keepAliveS,
      username: settings.username,
      password: settings.password,
      will_topic: client.statusTopic,
      will_payload: 'offline',
    });
    created.on('connected', function () {
      // CONNECT is written, no more: the rest may go out behind it, once the module says of itself that it is connected
      board.setTimeout(onConnected, 0);
    });
    created.on('disconnected', onDisconnected);
    created.on('message', function (message) {
      const isQos1 = message.message < ' '; // the module leaves the packet identifier in front of the payload
      client.onMessage(isQos1 ? message.message.substr(2) : message.message, false, message.topic);
    });
    return created;
  }

  function onConnected(): void {
    if (isStopped) return;
    isConnected = true;
    board.log('mqtt connected as ' + client.clientId(false) + ' by tinyMQTT');
    client.topics.forEach(function (topic) {
      tiny!.subscribe(topic);
    });
    publish(client.statusTopic, 'online');
    client.onReady(true);
  }

  function onDisconnected(): void {
    isConnected = false;
    if (isStopped) return;
    session.lastReason = 'disconnected';
    board.log('mqtt down: disconnected');
    tiny!.connect();
  }

  const session: Mqtt = {
    lastReason: '',
    spreadS: settings.spreadS,
    start: function () {
      isStopped = false;
      if (!tiny) tiny = create();
      tiny.connect();
    },
    stop: function (isWanted) {
      if (isWanted) publish(client.statusTopic, 'offline');
      isStopped = true;
      isConnected = false;
      if (tiny) tiny.disconnect();
    },
    publish: publish,
    beat: function () {
      return Progress.REACHED; // the module does not tell, so nothing is concluded from it
    },
  };
  return session;
}
