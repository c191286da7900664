// Asks for a secret on the terminal without echo.

import type { ReadStream } from 'node:tty';
import { failure } from './failure.ts';

const ENTER = /[\r\n]/;
const CTRL_C = '\x03';
const ERASE = /[\b\x7f]/;

/**
 * Reads one line of input, without showing it.
 * @throws Failure interrupted at Ctrl-C
 */
export function askHidden(question: string, input: ReadStream, write: (text: string) => void): Promise<string> {
  write(question);
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.resume();
  return new Promise<string>((resolve, reject) => {
    let answer = '';
    const end = (settle: () => void) => {
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
      write('\n');
      settle();
    };
    const onData = (text: string) => {
      for (const char of text) {
        if (char === CTRL_C) return end(() => reject(failure('interrupted', 'stopped: nothing was written')));
        if (ENTER.test(char)) return end(() => resolve(answer));
        answer = ERASE.test(char) ? [...answer].slice(0, -1).join('') : answer + char;
      }
    };
    input.on('data', onData);
  });
}
