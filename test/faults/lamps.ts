// Every lamp that would be right at a moment: one, or more while a repeated message cannot be told from a new one.

import { isDeepStrictEqual } from 'node:util';
import { FULL } from '../support/curve.ts';

interface Lamp {
  isOn: boolean;
  /** 1-255; kept while off. */
  brightness: number;
  /** In this branch the light has taken a repeated message for a new one: then all that follow it are new, too. */
  treatsAllAsNew?: boolean;
}

/** What the lamp shows, 0-255. */
const levelOf = ({ isOn, brightness }: Lamp): number => (isOn ? brightness : 0);

function obey(lamp: Lamp, payload: string): Lamp {
  if (payload === 'toggle') return { ...lamp, isOn: !lamp.isOn };
  if (payload === 'on' || payload === 'off') return { ...lamp, isOn: payload === 'on' };
  return { ...lamp, isOn: true, brightness: (JSON.parse(payload) as Lamp).brightness };
}

/** Nothing that follows is a repetition. */
const plain = ({ isOn, brightness }: Lamp): Lamp => ({ isOn, brightness });

/** Creates a lamp that is off. */
export function createLamps() {
  let lamps: Lamp[] = [{ isOn: false, brightness: FULL }];

  function set(next: Lamp[]): void {
    lamps = next.filter((lamp, at) => next.findIndex((other) => isDeepStrictEqual(other, lamp)) === at);
  }

  const text = (): string => lamps.map(({ isOn, brightness }) => `${isOn ? 'ON' : 'OFF'} ${brightness}`).join(' or ');

  return {
    /** At QoS 0: obeyed, and not remembered. */
    obey: (payload: string) => set(lamps.map((lamp) => obey(lamp, payload))),
    obeyNew: (payload: string) => set(lamps.map((lamp) => plain(obey(lamp, payload)))),
    obeyRepeated: (payload: string) => set(lamps.map((lamp) => (lamp.treatsAllAsNew ? obey(lamp, payload) : lamp))),
    /** The message may be a new one or a repeated one: keeps both lamps. */
    obeyOrNot: (payload: string) =>
      set(
        lamps.flatMap((lamp) => {
          const obeyed = { ...obey(lamp, payload), treatsAllAsNew: true };
          return lamp.treatsAllAsNew ? [obeyed] : [lamp, obeyed];
        }),
      ),
    /** After a reconnect the light may have forgotten what has not come again. */
    reconnect: () => set(lamps.flatMap((lamp) => (lamp.treatsAllAsNew ? [lamp, plain(lamp)] : [lamp]))),
    /** Follows a press of the button; returns whether it was right. */
    press(before: number, after: number): boolean {
      const isRight = lamps.some((lamp) => levelOf(lamp) === before && levelOf(obey(lamp, 'toggle')) === after);
      const next = { isOn: after > 0, brightness: Math.max(before, after) };
      lamps = lamps.some((lamp) => lamp.treatsAllAsNew) ? [next, { ...next, treatsAllAsNew: true }] : [next];
      return isRight;
    },
    /** Compares with what the lamp shows and the state that the light has published; returns what is wrong. */
    check(level: number, state: string): string[] {
      const published = JSON.parse(state) as { state: string; brightness: number };
      const lamp = { isOn: published.state === 'ON', brightness: published.brightness };
      const faults: string[] = [];
      if (levelOf(lamp) !== level) faults.push(`the retained state is ${state}, but the lamp shows ${level}`);
      if (!lamps.some((right) => isDeepStrictEqual(plain(right), lamp)))
        faults.push(`the lamp is ${state}; expected: ${text()}`);
      lamps = [lamp];
      return faults;
    },
    text,
  };
}
