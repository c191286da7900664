// The pictures of the board and the LED: custom elements of @wokwi/elements, and what JSX may give them.

import '@wokwi/elements/dist/esm/esp32-devkit-v1-element.js';
import '@wokwi/elements/dist/esm/led-element.js';
import type { HTMLAttributes } from 'preact';

interface Led {
  color: string;
  value: boolean;
  /** 0-1 */
  brightness: number;
}

declare module 'preact' {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- how preact is told of custom elements
  namespace JSX {
    interface IntrinsicElements {
      'wokwi-esp32-devkit-v1': HTMLAttributes<HTMLElement> & { ledPower: boolean; led1: boolean };
      'wokwi-led': HTMLAttributes<HTMLElement> & Led;
    }
  }
}
