// Time limits of what a board does by itself.

/** Times in milliseconds. */
export interface Limits {
  /** For the broker to take an image. */
  putMs: number;
  /** For an answer to a message, before it is sent again. */
  answerMs: number;
  /** Without progress: a board gives up after 30 minutes without a new byte. */
  fetchMs: number;
  /** For restart, trial and report: a program that never connects is rolled back after 10 minutes. */
  trialMs: number;
  /** Settings that never connect are rolled back after 3 minutes. */
  settingsMs: number;
  compactMs: number;
  logMs: number;
  /** For the last words to a broker that may be gone. */
  goodbyeMs: number;
}

/** Limits for real boards. */
export const LIMITS: Limits = {
  putMs: 60_000,
  answerMs: 30_000,
  fetchMs: 35 * 60_000,
  trialMs: 15 * 60_000,
  settingsMs: 6 * 60_000,
  // Flash erases at about 50 ms a page, and 896 kB are 224 pages; then it has to join and connect.
  compactMs: 5 * 60_000,
  logMs: 10 * 60_000,
  goodbyeMs: 10_000,
};

/** How often a message is sent: a broker that restarts may lose one. */
export const ATTEMPTS = 3;
