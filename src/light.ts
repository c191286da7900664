// The application: commands in, lamp, retained state out.
import type { Led } from './led.ts';
import type { Bytes, Log } from './ports.ts';

/** The lamp and what is known of it elsewhere. */
export interface Light {
  /** Obeys a command's payload. */
  command(payload: Bytes): void;
  /** Publishes the state: always after a connect, else only when an earlier report had to wait. */
  report(always: boolean): void;
}

/**
 * A light that is off.
 * @param publish publishes the retained state; false when that must wait, and `report` shall be called again
 */
export function createLight(led: Led, log: Log, publish: (state: Bytes) => boolean): Light {
  let on = false;
  let reported = false;

  function report(): void {
    reported = publish('{"state":"' + (on ? 'ON' : 'OFF') + '"}');
  }

  function set(next: boolean): void {
    led.set(next);
    if (next === on) return;
    on = next;
    log('light ' + (on ? 'on' : 'off'));
    report();
  }

  return {
    command: function (payload) {
      if (payload[0] === '{') return log('command ignored: ' + payload.substr(0, 40));
      const word = payload.toLowerCase();
      set(word === 'on' || (word === 'toggle' && !on));
    },
    report: function (always) {
      if (always || !reported) report();
    },
  };
}
