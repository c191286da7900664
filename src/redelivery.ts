// Which QoS 1 commands are repetitions. A broker sends again what it has no PUBACK for: on the next connection, first of all, in
// its order and with DUP [MQTT-4.4.0-1, 4.6.0-1]. Once it has our PUBACK the same identifier is a new message [MQTT-4.3.2-2].
//
// So on a new connection a command with DUP is a repetition when identifier, topic and payload are those of one that was obeyed, and
// it comes in its turn. What was obeyed before the first repetition is acknowledged for certain, and so is everything else once
// something new comes, and what was acknowledged before a PINGREQ once its PINGRESP is here. A repetition is not obeyed.
//
// One case cannot be told apart. The broker has our PUBACK and gives the identifier, the lowest free one, to a new command with
// the same words, whose first sending is lost; it comes with DUP, where the old one would come. Such a broker shows itself: it
// uses a small identifier again. From then on we never lose an `on`, `off` or level of its: it is obeyed, though a hand on the
// button or a command at QoS 0 may have come in between, and so is what follows it. A toggle is taken for a repetition: to toggle
// twice is no toggle.

/** Brokers have fewer messages in flight (mosquitto 20, HiveMQ 10); a greater identifier is not the lowest free one. */
const MOST_HEARD = 32;

/** Enough chars to tell commands apart. */
const KEY_CHARS = 96;

/** Where a repetition would be in `heard`: anywhere, as it is the first of its connection; or nowhere, as new ones have come. */
const ANYWHERE = -1;
const NOWHERE = 1e9;

/** Verdict on a command. */
export const enum Delivery {
  /** Obey it. */
  NEW,
  /** Do not obey it. */
  REPEATED,
  /** Obey it unless it toggles; call `again` when it was obeyed. */
  MAYBE,
}

/** The commands that a broker may send again. */
export interface Redelivery {
  /** To be called when a connection begins whose session was kept. */
  connected(): void;
  /**
   * Judges a command, and remembers it.
   * @param dup not 0 when the broker says that it sends it again
   * @param id packet identifier, 1-65535
   * @param words its topic and payload
   */
  judge(dup: number, id: number, words: string): Delivery;
  /** Remembers a command that comes for the first time. */
  remember(id: number, words: string): void;
  /** The command judged last was obeyed again: what came after it will come again too. */
  again(): void;
  /** To be called when PINGREQ is sent, and when PINGRESP has come. */
  ping(isAnswered: boolean): void;
}

function keyOf(id: number, words: string): string {
  return id + ' ' + (words[KEY_CHARS] ? words.substr(0, KEY_CHARS) : words);
}

/** Creates an empty memory. */
export function newRedelivery(): Redelivery {
  const heard: string[] = []; // commands whose PUBACK may be lost, in their order
  let next = NOWHERE;
  let latest = 0; // identifier
  let usesAgain = false;
  let pinged = 0; // commands heard before PINGREQ

  function remember(id: number, words: string): void {
    if (next !== NOWHERE) {
      heard.splice(Math.max(0, next), heard.length);
      next = NOWHERE;
    }
    if (id <= latest && latest <= MOST_HEARD) usesAgain = true;
    latest = id;
    if (heard.push(keyOf(id, words)) > MOST_HEARD) heard.shift();
  }

  /** Judges a command that the broker says it sends again. */
  function judgeAgain(id: number, key: string): Delivery {
    let at = heard.length - 1;
    while (at >= 0 && parseInt(heard[at]!, 10) !== id) at--;
    if (at < 0 || heard[at] !== key) return Delivery.NEW;
    if (next === NOWHERE) return Delivery.REPEATED; // on the same connection: the broker was impatient
    if (next !== ANYWHERE && at !== next) return Delivery.NEW;
    if (next === ANYWHERE) heard.splice(0, at);
    next = next === ANYWHERE ? 1 : at + 1;
    return usesAgain ? Delivery.MAYBE : Delivery.REPEATED;
  }

  return {
    connected: function () {
      next = ANYWHERE;
      pinged = 0;
    },
    judge: function (dup, id, words) {
      const verdict = dup ? judgeAgain(id, keyOf(id, words)) : Delivery.NEW;
      if (verdict === Delivery.NEW) remember(id, words);
      return verdict;
    },
    remember: remember,
    again: function () {
      heard.splice(next, heard.length);
    },
    ping: function (isAnswered) {
      if (isAnswered) heard.splice(0, pinged);
      pinged = isAnswered ? 0 : heard.length;
      if (isAnswered) next = NOWHERE;
    },
  };
}
