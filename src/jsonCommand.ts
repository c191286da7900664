// Obeys JSON commands.
import type { Command } from './command.ts';
import type { Light, LightOptions } from './light.ts';
import type { Bytes } from './board.ts';
import type { Lamp } from './powerOn.ts';

/** Enough of a command to recognise it on the log. */
const QUOTE_CHARS = 40;

/**
 * Creates the part of a light that obeys JSON.
 * @param parse reads it; undefined for what is no command
 * @param show changes the lamp: brightness 1-255, and how many seconds it takes
 */
export function createJsonCommand(
  parse: (json: Bytes) => Command | undefined,
  lamp: Lamp,
  options: Pick<LightOptions, 'fade' | 'log' | 'dimmable'>,
  show: (isOn: boolean, level: number, seconds: number) => void,
): Light {
  return function (payload, mayBeRepeated) {
    const command = parse(payload);
    if (!command) {
      options.log('command ignored: ' + JSON.stringify(payload.substr(0, QUOTE_CHARS)));
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
