// Which QoS 1 commands are repetitions. A broker sends again what it has no PUBACK for, on the next connection, in its order
// and with DUP [MQTT-4.4.0-1, 4.6.0-1]; once it has our PUBACK, the same identifier is a new message [MQTT-4.3.2-2].
//
// PINGRESP to a PINGREQ that was sent after a PUBACK proves that the broker has it, and with it all before it.
// - A broker that counts upward (seen when it uses an identifier that is not the lowest free one): DUP with an identifier
//   between the last proven one and the newest is a repetition, whatever came in between, and is not obeyed.
// - Any other broker may use an identifier again at once, which proves the PUBACK of its last use. DUP with the identifier and
//   the payload of an unproven command is then either its repetition or a new command whose first sending was lost: these
//   two cannot be told apart. We never lose an `on` or `off`: what sets the lamp is obeyed again, and everything after it will
//   come again too and is obeyed in its order; a `toggle` is taken for a repetition, for to toggle twice is no toggle.

/** Other brokers have fewer messages in flight (mosquitto 20, HiveMQ 10). */
const MOST_UNPROVEN = 32;

/** Enough of a payload to tell commands apart. */
const KEY_CHARS = 48;

/** What a command is. */
export const enum Delivery {
  /** Obey it. */
  NEW,
  /** Do not obey it. */
  REPEATED,
  /** Obey it unless it toggles; call `again` when it was obeyed. */
  MAYBE,
}

/** The memory of one broker's session. */
export interface Redelivery {
  /**
   * Judges a command, and remembers it.
   * @param dup not 0 when the broker says that it sends it again
   * @param id packet identifier, 1-65535
   */
  judge(dup: number, id: number, payload: string): Delivery;
  /** The command judged last was obeyed again: what came after it is forgotten. */
  again(): void;
  /** PINGREQ goes out, or its PINGRESP has come. */
  ping(isAnswered: boolean): void;
}

/** Creates an empty memory. */
export function createRedelivery(): Redelivery {
  let countsUp = false;
  let newest = 0;
  let proven = 0; // while it counts upward, the last identifier whose PUBACK is proven
  let unproven: string[] = []; // while it does not, the commands whose PUBACK is not proven
  let pingedNewest = 0;
  let pingedCount = 0;
  let match = 0;

  return {
    judge: function (dup, id, payload) {
      // from the one behind the proven to the newest, around the 16-bit circle
      if (dup && countsUp && ((id - proven - 1) & 65535) < ((newest - proven) & 65535)) return Delivery.REPEATED;
      countsUp = countsUp && ((id - newest - 1) & 65535) < 32768;
      newest = id;
      if (countsUp) return Delivery.NEW;

      const key = id + ' ' + payload.length + payload.substr(0, KEY_CHARS);
      match = unproven.length - 1;
      while (match >= 0 && parseInt(unproven[match]!, 10) !== id) match--;
      if (dup && match >= 0 && unproven[match] === key) return Delivery.MAYBE;
      // where the identifier is used again, the broker has that PUBACK
      const known = Math.max(match + 1, unproven.length - MOST_UNPROVEN);
      unproven.splice(0, known);
      pingedCount = Math.max(0, pingedCount - known);
      countsUp = match < 0 && !dup && id > unproven.length + 1;
      if (countsUp) {
        proven = (unproven.length ? parseInt(unproven[0]!, 10) : id) - 1;
        unproven = [];
      } else unproven.push(key);
      return Delivery.NEW;
    },
    again: function () {
      unproven.splice(match + 1, unproven.length);
      pingedCount = Math.min(pingedCount, match);
    },
    ping: function (isAnswered) {
      if (isAnswered) {
        proven = pingedNewest;
        unproven.splice(0, pingedCount);
        pingedCount = 0;
      } else {
        pingedNewest = newest;
        pingedCount = unproven.length;
      }
    },
  };
}
