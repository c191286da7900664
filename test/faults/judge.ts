// The reference for the firmware: what the lamp must show, by all that the light has received, in the order in which it came.
//
// A message counts when it has arrived whole for the first time. Its repetition changes nothing in the end: the broker sends again all
// that is not acknowledged, in order, so a light may obey a repeated `on` or level as long as no toggle, press or QoS 0 command has come since.
//
// One case cannot be decided, at a broker that takes the lowest free identifier. The light has obeyed a message and acknowledged it; a message
// with the same identifier and payload comes with DUP, in the place where the old one would come. It is the old one, whose PUBACK was lost; or
// a new one, whose first sending was lost. Then either lamp is right, if obeying twice makes a difference, and both are kept until the lamp
// shows which; and what follows a new one is new. But a toggle that may be repeated begins nothing. And before the broker has used an
// identifier again, a message that looks repeated may be taken for a repeated one.

import { parser } from 'mqtt-packet';
import type { Message } from '../../sim/broker/model.ts';
import { createLamps } from './lamps.ts';

interface Known {
  id: number;
  message: Message;
  /** Relative changes until this message came first. */
  relativeChanges: number;
}

const looksLike = (one: Message, other: Message): boolean => one.topic === other.topic && one.payload === other.payload;

/**
 * Creates a judge of a light that is off.
 * @param sentTo the messages that the broker has written to a connection, in order
 * @param isCommand whether a topic is one of the light's command topics
 */
export function createJudge(sentTo: (connection: number) => readonly Message[], isCommand: (topic: string) => boolean) {
  const lamps = createLamps();
  /** QoS 1 messages in the order in which they came first; without those that the light can know to be acknowledged. */
  const known: Known[] = [];
  const received = new Set<Message>();
  /** Commands whose result depends on what the lamp was before. */
  let relativeChanges = 0;
  let latestId = 0;
  let reusesIdentifiers = false;
  let hasRepetitions = false;
  const faults: string[] = [];
  const counts = { received: 0, repeated: 0, ambiguous: 0, presses: 0 };

  /** Index of the message that this one repeats, if it is a repetition; -1 for none. */
  function originalOf(message: Message, id: number, nextInOrder: number | undefined): number {
    const at = known.findLastIndex((old) => old.id === id);
    const isInOrder = nextInOrder === undefined || at === nextInOrder;
    return at >= 0 && isInOrder && looksLike(known[at]!.message, message) ? at : -1;
  }

  /** @param original index of the message that this one may repeat, by all that the light can know; -1 for none */
  function receiveNew(message: Message, id: number, original: number): void {
    received.add(message);
    if (original < 0 && id <= latestId) reusesIdentifiers = true;
    latestId = id;
    const isRelative = message.payload === 'toggle';
    const isAmbiguous =
      original >= 0 && (isRelative || !reusesIdentifiers || relativeChanges > known[original]!.relativeChanges);
    if (isAmbiguous) lamps.obeyOrNot(message.payload);
    else lamps.obeyNew(message.payload);
    counts.ambiguous += Number(isAmbiguous);
    if (isRelative) relativeChanges += 1;
    const entry = { id, message, relativeChanges };
    if (original >= 0) known[original] = entry;
    else known.push(entry);
  }

  function receiveAgain({ message, relativeChanges: changesBefore }: Known): void {
    hasRepetitions = true;
    const isAmbiguous = reusesIdentifiers && message.payload !== 'toggle' && relativeChanges > changesBefore;
    if (isAmbiguous) lamps.obeyOrNot(message.payload);
    else lamps.obeyRepeated(message.payload);
    counts.ambiguous += Number(isAmbiguous);
  }

  /** Creates the reader of one connection; it is fed the bytes that the light receives. */
  function createReader(connection: number): (bytes: string) => void {
    const reader = parser({ protocolVersion: 4 });
    let count = 0;
    let nextInOrder: number | undefined;
    lamps.reconnect();

    reader.on('packet', (packet) => {
      if (packet.cmd !== 'publish') return;
      const message = sentTo(connection)[count++];
      if (message?.topic !== packet.topic) throw new Error(`the light received ${packet.topic}, which was not sent`);
      if (!isCommand(message.topic)) return;
      if (packet.qos === 0) {
        relativeChanges += 1;
        return lamps.obey(message.payload);
      }
      receive(message, packet.messageId!, packet.dup);
    });

    function receive(message: Message, id: number, isDup: boolean): void {
      const before = known.findIndex((old) => old.message === message);
      let original = before < 0 && isDup ? originalOf(message, id, nextInOrder) : before;
      if (original < 0) known.length = Math.min(known.length, nextInOrder ?? 0);
      else if (nextInOrder === undefined) original -= known.splice(0, original).length;
      nextInOrder = original < 0 ? Infinity : original + 1;
      if (before < 0) receiveNew(message, id, original);
      else receiveAgain(known[original]!);
      counts[before < 0 ? 'received' : 'repeated'] += 1;
    }

    return (bytes) => void reader.parse(Buffer.from(bytes, 'latin1'));
  }

  return {
    createReader,
    /** The light's program has run because of the button; the lamp showed `before` and shows `after`, 0-255. */
    press(before: number, after: number): void {
      if (before === after) return;
      const expected = lamps.text();
      // A light may obey a repetition: until all is acknowledged, the lamp may show something older.
      if (!lamps.press(before, after) && !hasRepetitions)
        faults.push(`a press changed the lamp from ${before} to ${after}; expected before: ${expected}`);
      counts.presses += 1;
      relativeChanges += 1;
    },
    /** All is acknowledged: what the lamp shows and what the light has published must be the same, and right. */
    checkAtRest(level: number, state: string): void {
      faults.push(...lamps.check(level, state));
      hasRepetitions = false;
    },
    hasReceived: (message: Message): boolean => received.has(message),
    faults,
    counts,
  };
}

/** A judge. */
export type Judge = ReturnType<typeof createJudge>;
