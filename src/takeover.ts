// Whether another client uses our identifier. A renewal abandons what waits in the old session, so it takes evidence that a
// bad network cannot give.
//
// The sign of a rival is a short session: subscribed, then closed by the broker within a minute and a half, between two packets.
// A bad network gives that sign too, but mixes it with late answers, torn packets, failed connects and sessions that last, and
// each of these clears the signs. Evidence is one of:
// - signs and nothing else for ten minutes, in which the back-off has grown to its cap;
// - two signs, and a live message on the topics of another light: only a session that we share with that light is subscribed
//   to them (some brokers publish its will when we take the session over; mosquitto and EMQX do not).
// The identifier has 136 random bits and is bound to the chip, so evidence is most likely an access rule or a ban that ends
// every session: after one renewal a day must pass.

const SIGNS = 10;
const SIGNS_S = 600;
const SIGNS_WITH_STRANGER = 2;
const DAY_S = 86_400;

/** The signs so far, and what has come of them. */
export interface Takeover {
  /** Short sessions in a row; set to 0 by everything that no rival causes. */
  signs: number;
  /** When the first of them was, in seconds since the chip started. */
  sinceS: number;
  /** Another light has spoken in our session. */
  hasStranger: boolean;
  /** From when on a renewal is allowed. */
  allowedS: number;
}

/**
 * Judges the signs, and uses them up.
 * @param nowS seconds since the chip started, from a clock that nobody can set
 * @param log told what it looks like while no renewal is allowed
 * @returns whether the identifier shall be renewed now
 */
export function isTakenOver(takeover: Takeover, nowS: number, log: (line: string) => void): boolean {
  const isShared = takeover.hasStranger && takeover.signs >= SIGNS_WITH_STRANGER;
  if (!isShared && (takeover.signs < SIGNS || nowS - takeover.sinceS < SIGNS_S)) return false;
  takeover.signs = 0;
  takeover.hasStranger = false;
  if (nowS < takeover.allowedS) {
    log('the broker ends every session: another client with our identifier, or its access rules');
    return false;
  }
  takeover.allowedS = nowS + DAY_S;
  return true;
}
