// What a light is switched and dimmed with, wherever it is shown. Both show what it reports, and ask it by MQTT.

import { ask } from '../live.ts';
import { Slider } from '../parts/Slider.tsx';
import { Switch } from '../parts/Switch.tsx';
import { FULL, type Command, type Light } from '../protocol.ts';

interface ControlProps {
  name: string;
  /** Undefined until it has been heard of. */
  light: Light | undefined;
}

const isDeaf = (light: Light | undefined): boolean => light?.status !== 'online' || light.isOn === undefined;

const set = (name: string, command: Command): Promise<unknown> => ask('set', { lights: [name], command });

/** Switches a light. */
export function PowerSwitch({ name, light }: ControlProps) {
  return (
    <Switch
      label={`${name} on`}
      isOn={light?.isOn ?? false}
      isDisabled={isDeaf(light)}
      onSwitch={(isOn) => set(name, { state: isOn ? 'ON' : 'OFF' })}
    />
  );
}

/** Dims a light. */
export function Dimmer({ name, light }: ControlProps) {
  return (
    <Slider
      label={`Brightness of ${name}`}
      level={light?.level ?? FULL}
      isDisabled={isDeaf(light)}
      onLevel={(brightness) => set(name, { brightness })}
    />
  );
}
