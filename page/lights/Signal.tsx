// The strength of a signal: bars for the eye, dBm beside them.

import { figure, NONE } from '../parts/words.ts';

/** From how many dBm on a bar is lit; below the second the doctor warns. */
const BARS = [-90, -80, -70, -60];

/** Four bars and a number. */
export function Signal({ rssi }: { rssi: number | undefined }) {
  if (rssi === undefined) return <>{NONE}</>;
  return (
    <span class="bars">
      <svg viewBox="0 0 16 12" aria-hidden="true">
        {BARS.map((from, at) => (
          <rect
            key={from}
            x={at * 4}
            y={9 - at * 3}
            width="3"
            height={3 + at * 3}
            rx="1"
            class={rssi >= from ? 'lit' : ''}
          />
        ))}
      </svg>
      {figure(rssi).replace('-', '−')}
      <small>dBm</small>
    </span>
  );
}
