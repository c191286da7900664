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

/** Creates an empty flash. */
export function createFlashMedium(sizeBytes: number) {
  let files: FlashFile[] = [];
  let usedBytes = 0;
  /** Files that the interpreter runs from where they lie; functions have no copy in RAM. */
  const running = new Set<FlashFile>();
  let isGarbled = false;
  let compactions = 0;
  let consumedBytes = 0;

  const trash = (): FlashFile[] => files.filter((file) => file.isTrash);
  const live = (): FlashFile[] => files.filter((file) => !file.isTrash);
  const free = (): number => sizeBytes - usedBytes;
  const addressOf = (file: FlashFile): number => bytesOf(files.slice(0, files.indexOf(file)));
  const find = (name: string): FlashFile | undefined => files.find((file) => !file.isTrash && file.name === name);

  function add(file: FlashFile): FlashFile {
    files.push(file);
    usedBytes += occupied(file.data.length);
    return file;
  }

  /** Adds a file that wears the flash. */
  function append(name: string, data: string): FlashFile {
    consumedBytes += occupied(data.length);
    return add({ name, data, isTrash: false });
  }

  /** Puts a file where the one of that name is, or behind everything: no wear, no trash. */
  function place(name: string, data: string): void {
    const old = find(name) ?? add({ name, data, isTrash: false });
    usedBytes += occupied(data.length) - occupied(old.data.length);
    old.data = data;
  }

  /** Leaves so many bytes free, with one file or piece of trash behind everything. */
  function fill(name: string, leaveBytes: number, isTrash: boolean): void {
    const bytes = free() - leaveBytes - HEADER_BYTES;
    if (bytes > 0) add({ name, data: ERASED.repeat(bytes), isTrash });
  }

  /** Drops all trash; gives how long that takes, in chip milliseconds, or 0 when there is none. */
  function compact(): number {
    const first = files.find((file) => file.isTrash);
    if (!first) return 0;
    const firstAt = addressOf(first);
    const pages = Math.ceil((usedBytes - firstAt) / PAGE_BYTES);
    if ([...running].some((file) => file.isTrash || addressOf(file) > firstAt)) isGarbled = true;
    files = live();
    usedBytes = bytesOf(files);
    compactions += 1;
    return pages * COMPACT_MS_PER_PAGE;
  }

  function eraseAll(): void {
    isGarbled ||= running.size > 0;
    files = [];
    usedBytes = 0;
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
    ...{ find, free, append, place, fill, compact, eraseAll, stats },
    names: (): string[] => live().map((file) => file.name),
    /** Whether a compaction would make room: the interpreter forgets that the headers of trash would be free too. */
    wouldFit: (bytes: number): boolean =>
      occupied(bytes) < free() + trash().reduce((sum, file) => sum + file.data.length, 0),
    /** The interpreter starts: nothing runs yet. */
    boot(): void {
      running.clear();
      isGarbled = false;
    },
    /** Notes that this text runs, until the next boot, from each file that holds it. */
    run(text: string): void {
      for (const file of live()) if (file.data === text) running.add(file);
    },
    /** Whether a program that runs was moved or erased. */
    isGarbled: (): boolean => isGarbled,
    compactions: (): number => compactions,
    /** Bytes that new files have taken since the flash was made, headers too. */
    consumedBytes: (): number => consumedBytes,
  };
}

/** The flash under Storage. */
export type FlashMedium = ReturnType<typeof createFlashMedium>;
