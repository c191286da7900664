// The boards of a process take turns in small groups, so that its brokers can accept and answer in between.

/** Turns per round of Node's event loop, which accepts only one connection per round. */
const TURNS_PER_ROUND = 4;

const waiting = new Set<() => void>();
let isScheduled = false;

function schedule(): void {
  if (isScheduled || waiting.size === 0) return;
  isScheduled = true;
  setImmediate(round);
}

function round(): void {
  isScheduled = false;
  // A board that asks again during its turn waits for the next round: the network comes first.
  let left = Math.min(TURNS_PER_ROUND, waiting.size);
  try {
    for (const turn of waiting) {
      if (left === 0) break;
      left -= 1;
      waiting.delete(turn);
      turn();
    }
  } finally {
    schedule();
  }
}

/** Asks for a turn soon; asking twice is asking once. */
export function askForTurn(turn: () => void): void {
  waiting.add(turn);
  schedule();
}

/** Withdraws the request. */
export function cancelTurn(turn: () => void): void {
  waiting.delete(turn);
}
