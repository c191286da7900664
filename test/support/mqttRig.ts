// An MQTT session on a fake socket and a virtual clock; the test plays the broker, and every flow is checked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IPublishPacket, Packet, QoS } from 'mqtt-packet';
import { createHandClock } from '../../sim/time/handClock.ts';
import { createFakeNet, type FakeSocket } from '../../sim/board/socket.ts';
import { createMqtt } from '../../src/mqtt.ts';
import { BEAT_S, Progress } from '../../src/beat.ts';
import type { MqttClient, MqttSettings } from '../../src/session.ts';
import { generated, parsed } from './oracle.ts';

export const STATUS = 'light/lamp/status';
export const SHARED = 'home/light';
export const OWN = 'light/lamp/set';

/** Default: one broker, a keep alive of 30 s and a generator that always gives one half. */
export interface RigOptions extends Partial<Omit<MqttSettings, 'topics'>> {
  /** 0-1, for the back-off. */
  random?: () => number;
  takesRetained?: boolean;
  /** The client's; SHARED is the only shared one. */
  topics?: string[];
}

export type Rig = ReturnType<typeof createRig>;

/** Runs a test of one flow. Each step checks the number of links and timers; the end checks every byte that was sent. */
export function flow(name: string, body: (rig: Rig) => void, options: RigOptions = {}): void {
  test(name, () => {
    const rig = createRig(options);
    body(rig);
    rig.checkStreams();
  });
}

/** Creates a stopped session on a fake network, and records what it reports. */
function createSession({ random = () => 0.5, takesRetained = true, topics = [SHARED, OWN], ...settings }: RigOptions) {
  const clock = createHandClock();
  /** Events that wait for the interpreter's idle loop. */
  const queue: (() => void)[] = [];
  const net = createFakeNet({ defer: (event) => queue.push(event) });
  const log: string[] = [];
  const messages: string[] = [];
  const ready: boolean[] = [];
  /** The application; a test may replace it. */
  const light: Pick<MqttClient, 'onMessage' | 'onReady'> = { onMessage: () => true, onReady: () => {} };
  let renewals = 0;

  const { setTimeout, clearTimeout, getTime } = clock;
  const mqtt = createMqtt(
    { net, setTimeout, clearTimeout, getTime, random, log: (line) => log.push(line) },
    { keepAliveS: 30, spreadS: 1, topics: [SHARED], broker: [{ host: 'broker.lan', port: 1883 }], ...settings },
    {
      clientId: (renew) => `lamp${(renewals += Number(renew))}`,
      statusTopic: STATUS,
      topics,
      takesRetained,
      onMessage(payload, mayBeRepeated, topic) {
        messages.push(`${topic} ${payload}${mayBeRepeated ? ' again?' : ''}`);
        return light.onMessage(payload, mayBeRepeated, topic);
      },
      onReady(connected) {
        ready.push(connected);
        light.onReady(connected);
      },
    },
  );
  return { clock, queue, net, log, messages, ready, light, mqtt, renewals: () => renewals };
}

/** Creates the broker's end of the newest socket. @param idle runs the board's events */
function createPeer(net: ReturnType<typeof createFakeNet>, idle: () => void, checkStep: () => void) {
  /** Per socket, how many writes it had when its CONNACK came. */
  const beforeConnack = new Map<FakeSocket, number>();

  /** Sends packets, or raw bytes, in one piece. */
  function receive(...items: (Packet | string)[]): void {
    const bytes = items.map((item) => (typeof item === 'string' ? item : generated(item))).join('');
    const socket = net.last();
    if (!beforeConnack.has(socket)) beforeConnack.set(socket, socket.writes.length);
    socket.receive(bytes);
    checkStep();
  }

  function connack({ sessionPresent = false, returnCode = 0 } = {}): void {
    receive({ cmd: 'connack', sessionPresent, returnCode });
  }

  function suback(granted: number[] = [0, 1, 1]): void {
    receive({ cmd: 'suback', messageId: 1, granted });
  }

  function drain(): void {
    net.last().emit('drain');
    idle();
  }

  /** Answers CONNECT and SUBSCRIBE, and reads all bytes that the board has sent. */
  function accept(sessionPresent = false): void {
    connack({ sessionPresent });
    suback();
    drain();
    net.last().newWrites();
  }

  function closeByPeer(): void {
    net.last().closeByPeer();
    idle();
  }

  /** Reads what was sent on the newest socket since the last call. */
  const sent = (): Packet[] => parsed(net.last().newWrites());

  /** Checks that nothing was ever sent that a broker would refuse. */
  function checkStreams(): void {
    for (const socket of net.sockets) checkStream(socket, beforeConnack.get(socket) ?? socket.writes.length);
  }

  return { receive, connack, suback, drain, accept, closeByPeer, sent, checkStreams };
}

/** Creates a session, its broker and its clock, for a test to play. */
export function createRig(options: RigOptions) {
  const { queue, ...session } = createSession(options);
  const { clock, net, log, mqtt } = session;
  let nextBeatMs = BEAT_S * 1000;
  /** Result of the last beat. */
  let progress = Progress.REACHED;

  /** Checks for one link and one timer at most. */
  function checkStep(): void {
    assert.ok(net.open().length <= 1, 'two sockets are open');
    assert.ok(clock.pending() <= 1, 'two timers wait');
  }

  /** Runs the events that wait for the interpreter's idle loop. */
  function idle(): void {
    for (let event = queue.shift(); event; event = queue.shift()) event();
    checkStep();
  }

  /** Lets time pass, with a beat every five seconds of it. */
  function advance(ms: number): void {
    const untilMs = clock.nowMs() + ms;
    for (; nextBeatMs <= untilMs; nextBeatMs += BEAT_S * 1000) {
      clock.advance(Math.max(0, nextBeatMs - clock.nowMs()));
      idle();
      progress = mqtt.beat();
    }
    clock.advance(untilMs - clock.nowMs());
    idle();
  }

  /** Runs the next timer, whatever it is for. */
  function nextTimer(): void {
    advance(clock.nextInMs() ?? assert.fail('no timer waits'));
  }

  /** Starts the session, and lets it open its next socket. */
  function start(): void {
    mqtt.start();
    nextTimer();
  }

  const peer = createPeer(net, idle, checkStep);

  return {
    ...{ ...session, ...peer, progress: () => progress, idle, advance, nextTimer, start },
    online() {
      start();
      peer.accept();
    },
    /** The reasons in the log why links were lost. */
    reasons: () => log.flatMap((line) => /^mqtt down: (.*), retry in/.exec(line)?.[1] ?? []),
    lastLine: () => log.at(-1),
  };
}

/** Checks that every byte is valid MQTT 3.1.1, with CONNECT first, once, and alone until CONNACK came. */
function checkStream(socket: FakeSocket, writesBeforeConnack: number): void {
  const commands = parsed(socket.writes.join('')).map(({ cmd }) => cmd);
  const early = parsed(socket.writes.slice(0, writesBeforeConnack).join('')).map(({ cmd }) => cmd);
  assert.ok(early.length === 0 || early.join() === 'connect', `before CONNACK came: ${early.join()}`);
  assert.ok(commands.lastIndexOf('connect') <= 0, 'CONNECT was sent twice');
  assert.ok(commands.length === 0 || commands[0] === 'connect', `began with ${commands[0]}`);
}

/** A message from the broker. */
export function message(payload: string, more: Partial<IPublishPacket> & { qos?: QoS } = {}): IPublishPacket {
  return { cmd: 'publish', topic: SHARED, payload, qos: 0, dup: false, retain: false, messageId: 7, ...more };
}

/** The names of packets, in order. */
export const commandsOf = (packets: Packet[]): string => packets.map(({ cmd }) => cmd).join(' ');
