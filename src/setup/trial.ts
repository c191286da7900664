// Tries a network and its broker. What the board has is not touched.
import { encodeTrialConnect } from './mqttTrial.ts';
import type { Bytes, Socket } from '../board.ts';
import type { Broker } from '../session.ts';
import type { SetUpBoard, SetUpWifi } from './ports.ts';

/** In ticks of half a second: three tries of the driver's with a wrong password take 10 s, and DHCP may be slow. */
const JOIN_TICKS = 50;

/** For CONNACK. The connect itself blocks for up to 18 s. */
const BROKER_TICKS = 10;

/** What is tried. */
export interface Attempt {
  ssid: Bytes;
  password: Bytes;
  /** One after the other until one accepts; none to try the network alone. */
  brokers: Broker[];
  username?: Bytes | undefined;
  mqttPassword?: Bytes | undefined;
}

/** Called with an empty reason when everything worked. */
export type OnResult = (reason: string) => void;

/** Tries settings, one attempt at a time. */
export interface Trial {
  /** To be called twice a second. */
  tick(): void;
  /** @param graceTicks until it begins */
  start(attempt: Attempt, graceTicks: number, done: OnResult): void;
  /** False once it is over, also when the interpreter has cut it off. */
  isRunning(): boolean;
  /** The station's address; empty while it has none. */
  address(): string;
  /** Forgets the driver's events. */
  stop(): void;
}

/** What a driver's reason means to the person who has typed the settings. */
function explain(msg: string, ssid: Bytes): string {
  if (msg === 'NO_AP_FOUND') return 'the Wi-Fi network ' + ssid + ' was not found';
  if (msg.indexOf('AUTH') >= 0 || msg.indexOf('HANDSHAKE') >= 0) return 'the Wi-Fi password is wrong';
  return 'the Wi-Fi network ' + ssid + ' refused: ' + msg;
}

/** Creates what tries a network. */
export function createTrial(board: SetUpBoard, wifi: SetUpWifi): Trial {
  let next: (() => void) | undefined; // what the next tick does
  let ticks = 0;
  let refusal = '';
  let current: Attempt = { ssid: '', password: '', brokers: [] }; // an event may come before the first
  let onResult: OnResult;

  function address(): string {
    const ip = wifi.getIP();
    return ip && ip.ip && ip.ip !== '0.0.0.0' ? ip.ip : '';
  }

  function end(reason: string): void {
    next = undefined;
    if (reason) wifi.disconnect(); // or the driver goes on
    onResult(reason);
  }

  /** Greets a broker; gives what looks at its answer with each tick. */
  function greet(broker: Broker, failed: (why: string) => void): void {
    let socket: Socket | undefined;
    let reply = '';
    let isClosed = false;
    ticks = 0;
    try {
      socket = board.net.connect(broker);
      socket.on('data', function (data) {
        reply = reply + data;
      });
      socket.on('close', function () {
        isClosed = true;
      });
      socket.write(encodeTrialConnect(board.serial, current.username, current.mqttPassword));
    } catch {
      return failed('does not answer');
    }
    next = function () {
      ticks++;
      if (reply.length < 4 && !isClosed && ticks < BROKER_TICKS) return;
      const code = reply.length > 3 && reply[0] === ' ' ? reply.charCodeAt(3) : -1;
      try {
        socket!.end();
      } catch {
        // it has closed first
      }
      if (code === 0) return end('');
      if (code === 4 || code === 5) return failed('refuses this user name and password');
      failed(code < 0 ? 'does not speak MQTT' : 'refuses: code ' + code);
    };
  }

  function tryBroker(at: number): void {
    const broker = current.brokers[at];
    if (!broker) return end('');
    greet(broker, function (why) {
      if (at + 1 === current.brokers.length) return end('the broker ' + broker.host + ' ' + why);
      next = function () {
        tryBroker(at + 1);
      };
    });
  }

  function awaitAddress(): void {
    ticks++;
    if (address()) tryBroker(0);
    else if (refusal) end(refusal);
    else if (ticks > JOIN_TICKS) end('the Wi-Fi network ' + current.ssid + ' gives no address');
  }

  function join(): void {
    const password = current.password;
    refusal = '';
    ticks = 0;
    next = awaitAddress;
    try {
      wifi.connect(current.ssid, password ? { password: password } : {}, function (error) {
        if (error) refusal = explain(error, current.ssid);
      });
    } catch (error) {
      refusal = (error as Error).message;
    }
  }

  function onLoss(details?: Record<string, string>): void {
    const msg = (details && details.msg) || 'lost';
    if (msg !== 'ASSOC_LEAVE') refusal = explain(msg, current.ssid); // of our own leaving it may tell late
  }

  wifi.prependListener('disconnected', onLoss);

  return {
    address: address,
    tick: function () {
      if (next) next();
    },
    start: function (attempt, graceTicks, done) {
      current = attempt;
      onResult = done;
      ticks = -1 - graceTicks;
      next = function () {
        ticks++;
        if (!ticks && address()) wifi.disconnect(); // a connect while joined changes nothing
        if (ticks >= 0 && (!address() || ticks > JOIN_TICKS)) join();
      };
    },
    isRunning: function () {
      return next !== undefined;
    },
    stop: function () {
      wifi.removeListener('disconnected', onLoss);
    },
  };
}
