// Counts the interpreter's variables: those that a program uses, and those that the Wi-Fi driver never frees.

/** Variables of an ESP32 build with BLE off (2v27), and those that the light takes (820 when it has subscribed) besides its socket and timers. */
const TOTAL_VARIABLES = 5886;
const LIGHT_VARIABLES = 670;
const VARIABLES_PER_TIMER = 12;
const VARIABLES_PER_SOCKET = 110;

/** A longer text needs a second variable. */
const LONGEST_SHORT_TEXT = 8;

/** No event's details cost more. */
const MOST_PER_EVENT = 16;

/** What is counted. */
interface MemoryOptions {
  total?: number | undefined;
  timers(): number;
  sockets(): number;
}

/** What an object with texts costs: one variable for itself, one for each name, and one or more for each text. */
function costOf(details: Record<string, string>): number {
  return Object.values(details).reduce((sum, text) => sum + (text.length > LONGEST_SHORT_TEXT ? 3 : 2), 1);
}

/** Counts the variables of one boot. */
export function createMemory({ total = TOTAL_VARIABLES, timers, sockets }: MemoryOptions) {
  let leaked: Record<string, string>[] = [];

  const used = (): number => LIGHT_VARIABLES + timers() * VARIABLES_PER_TIMER + sockets() * VARIABLES_PER_SOCKET;

  function free(): number {
    return Math.max(0, total - leaked.reduce((sum, details) => sum + costOf(details), used()));
  }

  return {
    total,
    free,
    /** Whether a callback can begin. It is called before each one, so it counts exactly only when memory is short. */
    hasRoom: (): boolean => used() + leaked.length * MOST_PER_EVENT < total || free() > 0,
    /** Keeps the details of an event for ever, as the driver does: emptied by a listener they still cost a variable. */
    leak: (details: Record<string, string>): void => void leaked.push(details),
    /** The interpreter forgets all its variables. */
    load(): void {
      leaked = [];
    },
  };
}

/** The variables of one boot. */
export type Memory = ReturnType<typeof createMemory>;
