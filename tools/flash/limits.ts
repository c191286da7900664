// Time limits of each step, and the packet sizes.

/** Times in milliseconds. */
export interface Limits {
  openMs: number;
  identifyMs: number;
  identifyTryMs: number;
  evaluateMs: number;
  stopMs: number;
  eraseMs: number;
  compactMs: number;
  resyncMs: number;
  uploadMs: number;
  bootMs: number;
  panicMs: number;
  reopenMs: number;
  settleMs: number;
  connectMs: number;
  /** Bounds each wait for the boot loader; esptool-js has shorter ones for most. */
  loaderMs: number;
  /** Resets with which the boot loader is called. */
  loaderAttempts: number;
  /** Bytes per packet: first the usual size, then, after a failed transfer, a smaller one. */
  packetBytes: number[];
}

/** Limits for real boards. */
export const LIMITS: Limits = {
  openMs: 8_000,
  // A board whose program waits for a dead broker does not answer for up to 18 s.
  identifyMs: 30_000,
  identifyTryMs: 2_000,
  evaluateMs: 10_000,
  // The board answers, leaves Wi-Fi, and then resets its interpreter.
  stopMs: 800,
  // Flash erases at about 50 ms a page, and 896 kB are 224 pages.
  eraseMs: 90_000,
  compactMs: 90_000,
  // The interpreter gives up on a half-sent packet after 5 s.
  resyncMs: 5_500,
  uploadMs: 180_000,
  bootMs: 20_000,
  // A panic prints its registers and restarts the chip.
  panicMs: 3_000,
  reopenMs: 4_000,
  // An error thrown by the firmware's first timers still counts as thrown at boot.
  settleMs: 1_500,
  connectMs: 90_000,
  // The ROM erases 1.5 MB before it answers.
  loaderMs: 60_000,
  loaderAttempts: 7,
  // The ESP32's UART buffer holds 4 kB in recent builds, less in older ones.
  packetBytes: [512, 128],
};
