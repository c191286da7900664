// The application: commands in, lamp and retained state out.
import { parseCommand } from './command.ts';
import type { Command } from './command.ts';
import type { Fade } from './fade.ts';
import type { Bytes, Log } from './ports.ts';

const enum Level {
  FULL = 255,
  /** Enough of a command to recognise it on the log. */
  QUOTE_CHARS = 40,
}

/** What the light is wired to. */
export interface LightOptions {
  fade: Fade;
  log: Log;
  /** Whether the lamp has a brightness. */
  dimmable: boolean;
  /** The state is another one, whoever changed it. */
  onChange(): void;
}

/** The lamp, as the home sees it. */
export interface Light {
  /** Obeys the payload of a command; a bad one changes nothing. */
  command(payload: Bytes): void;
  /** The retained state: JSON that is a command too, so that it can be sent back. */
  state(): Bytes;
}

/** A light that is off. */
export function createLight(options: LightOptions): Light {
  let isOn = false;
  let brightness: number = Level.FULL; // kept while off

  function state(): Bytes {
    const level = options.dimmable ? ',"brightness":' + brightness : '';
    return '{"state":"' + (isOn ? 'ON' : 'OFF') + '"' + level + '}';
  }

  function obey(command: Command): void {
    const wasOn = isOn;
    const before = brightness;
    const level = Math.ceil(command.brightness === undefined ? brightness : command.brightness);
    if (command.state === 'TOGGLE') isOn = !isOn;
    else if (command.state) isOn = command.state === 'ON';
    else if (command.brightness !== undefined) isOn = true;
    if (!level) isOn = false;
    else brightness = level;
    options.fade.to(isOn ? brightness : 0, (options.dimmable && command.transition) || 0);
    if (command.effect) options.fade.blink();
    if (isOn === wasOn && (brightness === before || !options.dimmable)) return;
    options.log('light ' + (isOn ? 'on' : 'off') + (isOn && brightness < Level.FULL ? ' at ' + brightness : ''));
    options.onChange();
  }

  return {
    command: function (payload) {
      const command = parseCommand(payload);
      if (command) obey(command);
      else options.log('command ignored: ' + JSON.stringify(payload.substr(0, Level.QUOTE_CHARS)));
    },
    state: state,
  };
}
