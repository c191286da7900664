// Packets on a serial line (SLIP, RFC 1055): an oracle of our own for the tests of the boot loader.

const [END, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE] = [0xc0, 0xdb, 0xdc, 0xdd];

/** Wraps a packet. */
export function slip(packet: Uint8Array): Buffer {
  const escaped = [...packet].flatMap((byte) => {
    if (byte === END) return [ESCAPE, ESCAPED_END];
    return byte === ESCAPE ? [ESCAPE, ESCAPED_ESCAPE] : [byte];
  });
  return Buffer.from([END, ...escaped, END]);
}

/** Creates a reader: feed it bytes; it calls back with each packet. */
export function createSlipReader(onPacket: (packet: Buffer) => void): (bytes: Uint8Array) => void {
  let held: number[] = [];
  let isEscaped = false;
  return (bytes) => {
    for (const byte of bytes) {
      if (byte === END) {
        const packet = Buffer.from(held);
        held = [];
        if (packet.length > 0) onPacket(packet);
      } else if (byte === ESCAPE) isEscaped = true;
      else {
        held.push(isEscaped ? (byte === ESCAPED_END ? END : ESCAPE) : byte);
        isEscaped = false;
      }
    }
  };
}
