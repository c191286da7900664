// The light: takes commands, changes the lamp, reports its state.
import { parseJson } from './command.ts';
import { createJsonCommand, type Obey, type ObeyOptions } from './jsonCommand.ts';
import { FULL } from './led.ts';
import type { Bytes } from './board.ts';
import type { Lamp } from './powerOn.ts';

/** The retained state. */
function stateOf(lamp: Lamp, isDimmable: boolean): Bytes {
  const state = '{"state":"' + (lamp.isOn ? 'ON"' : 'OFF"');
  return isDimmable ? state + ',"brightness":' + lamp.brightness + '}' : state + '}';
}

/** Parts and callbacks of a light. */
export interface LightOptions extends ObeyOptions {
  /**
   * Called with each new state, whoever changed it.
   * @param state JSON that is a command too, so that it can be sent back
   */
  onChange(state: Bytes): void;
}

/**
 * Creates a light, and shows its lamp as it is. It obeys `on`, `toggle` (in any case) and JSON; any other word turns it off.
 * @param lamp the state; only the light changes it
 */
export function createLight(lamp: Lamp, options: LightOptions): Obey {
  const fade = options.fade;
  const board = options.board;
  const dimmable = options.dimmable;
  const onChange = options.onChange;

  function show(isOn: boolean, level: number, seconds: number): void {
    const isSame = isOn === lamp.isOn && (level === lamp.brightness || !dimmable);
    lamp.isOn = isOn;
    lamp.brightness = level;
    fade.to(isOn ? level : 0, seconds);
    if (isSame) return;
    board.log(isOn ? 'light on' + (level < FULL ? ' at ' + level : '') : 'light off');
    onChange(stateOf(lamp, dimmable));
  }

  const obeyJson = createJsonCommand(parseJson, lamp, options, show);

  fade.to(lamp.isOn ? lamp.brightness : 0, 0);
  onChange(stateOf(lamp, dimmable));
  return function (payload, mayBeRepeated) {
    if (payload[0] === '{') return obeyJson(payload, mayBeRepeated);
    const word = payload.toUpperCase();
    if (word !== 'TOGGLE') show(word === 'ON', lamp.brightness, 0);
    else if (mayBeRepeated) return false;
    else show(!lamp.isOn, lamp.brightness, 0);
    return true;
  };
}
