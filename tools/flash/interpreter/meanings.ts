// What the words of esptool-js mean for the user.

import { failure, isFailure, type Failure } from '../exits.ts';
import type { WebSerialPort } from './webSerialPort.ts';

const NO_ANSWER =
  'no boot loader answers: hold BOOT, press EN, let go of BOOT, and run it again; a cable that carries data? the right port?';

/** What esptool-js's words mean. */
const MEANINGS: { says: RegExp; as: (words: string) => Failure }[] = [
  { says: /Failed to connect/, as: () => failure('silentBoard', NO_ANSWER) },
  { says: /CHIP magic value (\S+?)\./, as: () => failure('wrongBoard', 'a chip that esptool-js does not know') },
  { says: /MD5/, as: () => failure('verificationFailed', 'the flash holds other bytes than were sent (MD5)') },
  {
    says: /^Failed to (.+) failed with status (\S+)/,
    as: (words) =>
      failure('verificationFailed', `the chip refused: ${words.replace(/^Failed to (.+) failed/, '$1 failed')}`),
  },
];

/** Turns an error of esptool-js on a port into a failure. */
export function meaningOf(error: unknown, port: WebSerialPort): Failure {
  if (isFailure(error)) return error;
  const gone = port.goneBecause();
  if (gone) return failure('lostInTransfer', gone);
  const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const known = MEANINGS.find(({ says }) => says.test(words));
  return known ? known.as(words) : failure('lostInTransfer', `the boot loader stopped answering (${words})`);
}
