// A board as it looks: the ESP32, an LED on its D5, and the light that it gives.

import './wokwi.ts';
import { useDocument } from '../store.ts';

/** The LED glows as bright as its pin says. */
function Led({ number }: { number: number }) {
  const level = useDocument(`lamp/${number}`) ?? 0;
  return (
    <>
      <span class="glow" style={{ opacity: level }} />
      <wokwi-led class="led" color="orange" value={level > 0} brightness={level} />
    </>
  );
}

interface PictureProps {
  number: number;
  isPowered: boolean;
  /** Its blue LED. */
  isConnected: boolean;
}

/** The picture; everything that it shows is said in words beside it. */
export function Picture({ number, isPowered, isConnected }: PictureProps) {
  return (
    <div class="picture" aria-hidden="true">
      <svg class="wires" viewBox="0 0 200 205">
        <path d="M101 91h74v-19" class="signal" />
        <path d="M101 149h64v-77" class="ground" />
      </svg>
      <wokwi-esp32-devkit-v1 class="esp32" ledPower={isPowered} led1={isConnected} />
      <Led number={number} />
    </div>
  );
}
