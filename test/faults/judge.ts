// What the lamp must show, by all that the light has heard and in the order in which it heard it: the reference that the firmware is
// held against.
//
// A message counts when it is first heard whole. Hearing it again changes nothing in the end: the broker sends again all that is not
// acknowledged, in order, so a light may obey a repeated `on` or level as long as no toggle, hand or QoS 0 command has come since.
//
// One thing cannot be told apart, at a broker that takes the lowest free identifier. The light has obeyed a message and acknowledged it; a message
// with the same identifier and the same words comes with DUP, in the place where the old one would come. It is the old one, whose PUBACK
// was lost; or a new one, whose first sending was. Then either lamp is right, if obeying twice makes a difference, and both are kept
// until the lamp tells which; and what comes behind a new one is new. But a toggle that may be repeated begins nothing. And a broker
// must have shown itself: before it has used an identifier again, a message that looks repeated may be taken for it.

import { isDeepStrictEqual } from 'node:util';
import { parser } from 'mqtt-packet';
import type { Message } from '../../sim/broker/model.ts';

interface Lamp {
  isOn: boolean;
  /** 1-255; kept while off. */
  brightness: number;
  /** Somebody who has taken a repetition for a new message takes all that come behind it for new. */
  takesAll?: boolean;
}

interface Known {
  id: number;
  message: Message;
  /** Deeds that depend on what was before them, until this one was heard. */
  deeds: number;
}

const shown = ({ isOn, brightness }: Lamp): number => (isOn ? brightness : 0);

function obey(lamp: Lamp, payload: string): Lamp {
  if (payload === 'toggle') return { ...lamp, isOn: !lamp.isOn };
  if (payload === 'on' || payload === 'off') return { ...lamp, isOn: payload === 'on' };
  return { ...lamp, isOn: true, brightness: (JSON.parse(payload) as Lamp).brightness };
}

const looks = (one: Message, other: Message): boolean => one.topic === other.topic && one.payload === other.payload;

/**
 * Creates a judge of a light that is off.
 * @param sentTo the messages that the broker has written to a connection, in order
 * @param isCommand whether a topic is one of the light's command topics
 */
export function createJudge(sentTo: (connection: number) => readonly Message[], isCommand: (topic: string) => boolean) {
  let lamps: Lamp[] = [{ isOn: false, brightness: 255 }];
  /** QoS 1 messages in the order in which they were heard first; without those that the light can know to be acknowledged. */
  const known: Known[] = [];
  const heard = new Set<Message>();
  let deeds = 0;
  let latestId = 0;
  let usesAgain = false;
  let isReplayed = false;
  const faults: string[] = [];
  const counts = { heard: 0, repeated: 0, ambiguous: 0, hands: 0 };

  function settle(next: Lamp[]): void {
    lamps = next.filter((lamp, at) => next.findIndex((other) => isDeepStrictEqual(other, lamp)) === at);
  }

  /** Of somebody who may have taken this message for a new one, or for a repeated one. */
  function perhaps(payload: string): Lamp[] {
    return lamps.flatMap((lamp) => {
      const obeyed = { ...obey(lamp, payload), takesAll: true };
      return lamp.takesAll ? [obeyed] : [lamp, obeyed];
    });
  }

  /** Nothing behind it is a repetition. */
  const settled = ({ isOn, brightness }: Lamp): Lamp => ({ isOn, brightness });

  /** The message that this one must be, if it is a repeated one; -1 for none. */
  function twinOf(message: Message, id: number, nextInOrder: number | undefined): number {
    const at = known.findLastIndex((old) => old.id === id);
    const isInOrder = nextInOrder === undefined || at === nextInOrder;
    return at >= 0 && isInOrder && looks(known[at]!.message, message) ? at : -1;
  }

  function hearFirst(message: Message, id: number, twin: number): void {
    heard.add(message);
    if (twin < 0 && id <= latestId) usesAgain = true;
    latestId = id;
    const isRelative = message.payload === 'toggle';
    const isAmbiguous = twin >= 0 && (isRelative || !usesAgain || deeds > known[twin]!.deeds);
    if (isAmbiguous) counts.ambiguous += 1;
    settle(isAmbiguous ? perhaps(message.payload) : lamps.map((lamp) => settled(obey(lamp, message.payload))));
    if (isRelative) deeds += 1;
    const entry = { id, message, deeds };
    if (twin >= 0) known[twin] = entry;
    else known.push(entry);
  }

  function hearAgain({ message, deeds: deedsBefore }: Known): void {
    isReplayed = true;
    const isAmbiguous = usesAgain && message.payload !== 'toggle' && deeds > deedsBefore;
    if (isAmbiguous) counts.ambiguous += 1;
    settle(
      isAmbiguous
        ? perhaps(message.payload)
        : lamps.map((lamp) => (lamp.takesAll ? obey(lamp, message.payload) : lamp)),
    );
  }

  /** Creates the ear of one connection. */
  function listen(connection: number): (bytes: string) => void {
    const reader = parser({ protocolVersion: 4 });
    let count = 0;
    let nextInOrder: number | undefined;
    // what it has not heard again, it may have forgotten
    settle(lamps.flatMap((lamp) => (lamp.takesAll ? [lamp, settled(lamp)] : [lamp])));

    reader.on('packet', (packet) => {
      if (packet.cmd !== 'publish') return;
      const message = sentTo(connection)[count++];
      if (message?.topic !== packet.topic) throw new Error(`the light heard ${packet.topic} that nobody sent`);
      if (!isCommand(message.topic)) return;
      if (packet.qos === 0) {
        deeds += 1;
        return settle(lamps.map((lamp) => obey(lamp, message.payload)));
      }
      hear(message, packet.messageId!, packet.dup);
    });

    function hear(message: Message, id: number, isDup: boolean): void {
      const before = known.findIndex((old) => old.message === message);
      let twin = before < 0 && isDup ? twinOf(message, id, nextInOrder) : before;
      if (twin < 0) known.length = Math.min(known.length, nextInOrder ?? 0);
      else if (nextInOrder === undefined) twin -= known.splice(0, twin).length;
      nextInOrder = twin < 0 ? Infinity : twin + 1;
      if (before < 0) hearFirst(message, id, twin);
      else hearAgain(known[twin]!);
      counts[before < 0 ? 'heard' : 'repeated'] += 1;
    }

    return (bytes) => void reader.parse(Buffer.from(bytes, 'latin1'));
  }

  return {
    listen,
    /** The light's program has run because of the button; the lamp showed `before` and shows `after`. */
    hand(before: number, after: number): void {
      if (before === after) return;
      const next = { isOn: after > 0, brightness: Math.max(before, after) };
      const isRight = lamps.some((lamp) => shown(lamp) === before && shown(obey(lamp, 'toggle')) === after);
      // a light may obey what it hears again: until all is acknowledged, the lamp may show something older
      if (!isRight && !isReplayed)
        faults.push(`a hand on the button made ${after} of ${before}; expected before: ${expected()}`);
      counts.hands += 1;
      deeds += 1;
      lamps = lamps.some((lamp) => lamp.takesAll) ? [next, { ...next, takesAll: true }] : [next];
    },
    /** All is acknowledged: what the lamp shows and what it tells must be one and the same, and right. */
    rest(level: number, state: string): void {
      const told = JSON.parse(state) as { state: string; brightness: number };
      const lamp = { isOn: told.state === 'ON', brightness: told.brightness };
      if (shown(lamp) !== level) faults.push(`the retained state is ${state}, but the lamp shows ${level}`);
      const isRight = lamps.some((right) => right.isOn === lamp.isOn && right.brightness === lamp.brightness);
      if (!isRight) faults.push(`the lamp is ${state}; expected: ${expected()}`);
      lamps = [lamp];
      isReplayed = false;
    },
    hasHeard: (message: Message): boolean => heard.has(message),
    faults,
    counts,
  };

  function expected(): string {
    return lamps.map((lamp) => `${lamp.isOn ? 'ON' : 'OFF'} ${lamp.brightness}`).join(' or ');
  }
}

/** A judge. */
export type Judge = ReturnType<typeof createJudge>;
