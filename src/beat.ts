// The beat: one timer of 5 s drives everything periodic, and each part reports its progress with it.

/** Seconds between the beats of everything that is periodic. */
export const BEAT_S = 5;

/** The progress of a session. */
export const enum Progress {
  /** Stuck: it has missed its own deadline. */
  NONE,
  /** Trying, but TCP has not connected. */
  TRIED,
  /** A broker was reached, or none is wanted. */
  REACHED,
}
