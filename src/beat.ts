// The beat of everything that is periodic, and what a part tells of itself with it.

/** Seconds between the beats of everything that is periodic. */
export const BEAT_S = 5;

/** How a session gets on. */
export const enum Progress {
  /** It has missed its own deadline: it is stuck. */
  NONE,
  /** It tries, but TCP has not connected. */
  TRIED,
  /** A broker was reached, or none is wanted. */
  REACHED,
}
