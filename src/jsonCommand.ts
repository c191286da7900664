// Obeys JSON commands.
import type { Command } from './command.ts';
import type { Board, Bytes } from './board.ts';
import type { Fade } from './fade.ts';
import type { Lamp } from './powerOn.ts';

/** Enough of a command to recognise it on the log. */
export const QUOTE_CHARS = 40;

/**
 * Obeys the payload of a command; a bad one changes nothing.
 * @param mayBeRepeated it may have been obeyed before: what toggles is not obeyed
 * @returns whether it was obeyed
 */
export type Obey = (payload: Bytes, mayBeRepeated: boolean) => boolean;

/** What obeying takes. */
export interface ObeyOptions {
  fade: Fade;
  /** Its log may be replaced. */
  board: Pick<Board, 'log'>;
  /** Whether the lamp has a brightness. */
  dimmable: boolean;
}

/**
 * Creates the part of a light that obeys JSON.
 * @param parse reads it; undefined for what is no command
 * @param show changes the lamp: brightness 1-255, and how many seconds it takes
 */
export function createJsonCommand(
  parse: (json: Bytes) => Command | undefined,
  lamp: Lamp,
  options: ObeyOptions,
  show: (isOn: boolean, level: number, seconds: number) => void,
): Obey {
  return function (payload, mayBeRepeated) {
    const command = parse(payload);
    if (!command) {
      options.board.log('command ignored: ' + JSON.stringify(payload.substr(0, QUOTE_CHARS)));
      return false;
    }
    const isToggle = command.state === 'TOGGLE';
    if (isToggle && mayBeRepeated) return false;
    const level = Math.ceil(command.brightness === undefined ? lamp.brightness : command.brightness);
    let isOn = isToggle ? !lamp.isOn : command.state === 'ON';
    if (!command.state) isOn = lamp.isOn || command.brightness !== undefined;
    show(isOn && level > 0, level || lamp.brightness, (options.dimmable && command.transition) || 0);
    if (command.effect) options.fade.blink();
    return true;
  };
}
