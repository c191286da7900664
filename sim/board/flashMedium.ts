// The flash under Storage: files lie one behind the other, what is replaced stays as trash where it is, and only a compaction moves
// anything (Espruino's jsflash.c).

/** Each file costs a header; and lengths are rounded up to words. */
const HEADER_BYTES = 32;
const WORD_BYTES = 4;

/** A page is erased as a whole. */
const PAGE_BYTES = 4096;

/** To read, erase and write a page again takes a real chip about this long: an erase alone is 20-50 ms. */
const COMPACT_MS_PER_PAGE = 25;

/** A byte of flash that nothing was written to. */
export const ERASED = '\xff';

/** A file, or what is left of one. */
export interface FlashFile {
  readonly name: string;
  /** One char per byte. */
  data: string;
  isTrash: boolean;
}

/** What a file of so many bytes occupies. */
export const occupied = (bytes: number): number => HEADER_BYTES + Math.ceil(bytes / WORD_BYTES) * WORD_BYTES;

const bytesOf = (some: FlashFile[]): number => some.reduce((sum, file) => sum + occupied(file.data.length), 0);

/** Creates the record of the files that the interpreter runs from where they lie: functions have no copy in RAM. */
function createRunningFiles() {
  const running = new Set<FlashFile>();
  let isGarbled = false;
  return {
    /** Notes that a file runs until the next boot. */
    add: (file: FlashFile): void => void running.add(file),
    /** Garbles the program if one of its files is moved or erased. */
    garbleIf(isTouched: (file: FlashFile) => boolean): void {
      isGarbled ||= [...running].some(isTouched);
    },
    isGarbled: (): boolean => isGarbled,
    /** The interpreter starts: nothing runs yet. */
    boot(): void {
      running.clear();
      isGarbled = false;
    },
  };
}

/** Creates an empty flash. */
export function createFlashMedium(sizeBytes: number) {
  const { add: addRunning, garbleIf, isGarbled, boot } = createRunningFiles();
  let files: FlashFile[] = [];
  let compactions = 0;
  let consumedBytes = 0;

  const trash = (): FlashFile[] => files.filter((file) => file.isTrash);
  const live = (): FlashFile[] => files.filter((file) => !file.isTrash);
  const free = (): number => sizeBytes - bytesOf(files);
  const find = (name: string): FlashFile | undefined => files.find((file) => !file.isTrash && file.name === name);
  const addressOf = (file: FlashFile): number => bytesOf(files.slice(0, files.indexOf(file)));

  /** Adds a file; that wears the flash. */
  function append(name: string, data: string): FlashFile {
    const file = { name, data, isTrash: false };
    consumedBytes += occupied(data.length);
    files.push(file);
    return file;
  }

  /** Puts a file where the one of that name is, or behind everything: no wear, no trash. */
  function place(name: string, data: string): void {
    const old = find(name);
    if (old) old.data = data;
    else files.push({ name, data, isTrash: false });
  }

  /** Leaves so many bytes free, with one file or piece of trash behind everything. */
  function fill(name: string, leaveBytes: number, isTrash: boolean): void {
    const bytes = free() - leaveBytes - HEADER_BYTES;
    if (bytes > 0) files.push({ name, data: ERASED.repeat(bytes), isTrash });
  }

  /** Drops all trash; gives how long that takes, in chip milliseconds, or 0 when there is none. */
  function compact(): number {
    const first = files.find((file) => file.isTrash);
    if (!first) return 0;
    const firstAt = addressOf(first);
    const pages = Math.ceil((bytesOf(files) - firstAt) / PAGE_BYTES);
    garbleIf((file) => file.isTrash || addressOf(file) > firstAt);
    files = live();
    compactions += 1;
    return pages * COMPACT_MS_PER_PAGE;
  }

  function eraseAll(): void {
    garbleIf(() => true);
    files = [];
  }

  /** The order of the interpreter's `Storage.getStats`. */
  const stats = () => ({
    totalBytes: sizeBytes,
    freeBytes: free(),
    fileBytes: bytesOf(live()),
    fileCount: live().length,
    trashBytes: bytesOf(trash()),
    trashCount: trash().length,
  });

  return {
    ...{ live, find, free, append, place, fill, compact, eraseAll, stats, isGarbled, boot },
    /** Whether a compaction would make room: the interpreter forgets that the headers of trash would be free too. */
    wouldFit: (bytes: number): boolean =>
      occupied(bytes) < free() + trash().reduce((sum, file) => sum + file.data.length, 0),
    /** Notes that this text, a file or a part of one, runs from each file that holds it. */
    run(text: string): void {
      for (const file of live()) if (text && file.data.includes(text)) addRunning(file);
    },
    compactions: (): number => compactions,
    /** Bytes that new files have taken since the flash was made, headers too. */
    consumedBytes: (): number => consumedBytes,
  };
}

/** The flash under Storage. */
export type FlashMedium = ReturnType<typeof createFlashMedium>;
