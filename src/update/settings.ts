// Settings that are sent: read and checked by the same rules as those in flash, so that none is applied that these would refuse.
import { createSettings } from '../config.ts';
import { FlashFile } from '../files.ts';
import type { Board, Bytes } from '../board.ts';

/**
 * Puts settings over those in flash, key by key: what is not sent stays as it is.
 * @param text JSON without fault
 */
export function joinSettings(storage: Board['storage'], file: string, text: Bytes): Bytes {
  return JSON.stringify(Object.assign(storage.readJSON(file, true) || {}, JSON.parse(text)));
}

/**
 * Looks for what is wrong.
 * @param text of a light.json
 * @param toBytes turns a text into its UTF-8 bytes
 * @returns '' when all is right, else what is not
 */
export function findFault(board: Board, text: Bytes, toBytes: (text: string) => Bytes): string {
  let fault = '';
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    // it is no JSON
  }
  createSettings(
    {
      serial: board.serial,
      kind: board.kind,
      pin: board.pin,
      log: function (line) {
        fault = fault || line;
      },
      storage: {
        read: function (name: string) {
          return name === FlashFile.SETTINGS ? text : undefined;
        },
        readJSON: function () {
          return given;
        },
      } as unknown as Board['storage'],
    },
    {},
    toBytes,
  );
  const words = fault.split('"'); // its name is quoted
  return words.length > 2 ? '"' + words[1] + '"' : fault;
}
