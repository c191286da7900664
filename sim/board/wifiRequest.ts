// Reads the arguments of `Wifi.connect`; wrong ones throw as on the chip.

/** Called with null once there is an address, or with the reason why not. */
export type ConnectCallback = (error: string | null) => void;

/** A network to join. */
export interface ConnectRequest {
  ssid: string;
  password: string;
  callback: ConnectCallback | undefined;
}

/** An SSID has at most 32 bytes (IEEE 802.11); the interpreter cuts longer ones. */
const LONGEST_SSID = 32;

/** Reads the arguments `(ssid, options, callback)`; throws as the chip does. Options that are null are wrong, missing ones are not. */
export function readConnect([ssid, options, callback]: unknown[]): ConnectRequest {
  if (typeof ssid !== 'string') throw new Error('No SSID provided');
  if (options !== undefined && (options === null || typeof options !== 'object'))
    throw new Error(`Expecting Object, got ${String(options)}`);
  if (callback !== undefined && typeof callback !== 'function')
    throw new Error(`Expecting callback function but got ${String(callback)}`);
  const password = (options as { password?: unknown } | undefined)?.password;
  if (password !== undefined && typeof password !== 'string')
    throw new Error(`Expecting options.password to be a string but got ${typeof password}`);
  return {
    ssid: ssid.slice(0, LONGEST_SSID),
    password: password ?? '',
    callback: callback as ConnectCallback | undefined,
  };
}
