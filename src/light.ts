// The application: commands in, lamp and retained state out.
import { parseJson } from './command.ts';
import { createJsonCommand } from './jsonCommand.ts';
import type { Fade } from './fade.ts';
import { FULL } from './led.ts';
import type { Bytes, Log } from './board.ts';
import type { Lamp } from './powerOn.ts';

/** The retained state. */
function stateOf(lamp: Lamp, isDimmable: boolean): Bytes {
  const state = '{"state":"' + (lamp.isOn ? 'ON"' : 'OFF"');
  return isDimmable ? state + ',"brightness":' + lamp.brightness + '}' : state + '}';
}

/** What the light is wired to. */
export interface LightOptions {
  fade: Fade;
  log: Log;
  /** Whether the lamp has a brightness. */
  dimmable: boolean;
  /**
   * The state is another one, whoever changed it.
   * @param state JSON that is a command too, so that it can be sent back
   */
  onChange(state: Bytes): void;
}

/**
 * Obeys the payload of a command: `on` turns on, `toggle` toggles, in any case, `{...}` is JSON, anything else turns off.
 * A bad one changes nothing.
 * @param mayBeRepeated it may have been obeyed before: what toggles is not obeyed
 * @returns whether it was obeyed
 */
export type Light = (payload: Bytes, mayBeRepeated: boolean) => boolean;

/**
 * Creates a light, and shows its lamp as it is.
 * @param lamp the state; only the light changes it
 */
export function createLight(lamp: Lamp, options: LightOptions): Light {
  const fade = options.fade;
  const log = options.log;
  const dimmable = options.dimmable;
  const onChange = options.onChange;

  function show(isOn: boolean, level: number, seconds: number): void {
    const isSame = isOn === lamp.isOn && (level === lamp.brightness || !dimmable);
    lamp.isOn = isOn;
    lamp.brightness = level;
    fade.to(isOn ? level : 0, seconds);
    if (isSame) return;
    log(isOn ? 'light on' + (level < FULL ? ' at ' + level : '') : 'light off');
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
