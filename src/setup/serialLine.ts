// The serial line while Improv listens there: the console moves away, and comes back at the first byte that is not Improv's.
import { Command, decodePacket, encodePacket, encodeResult, Fault, readTexts, State, Type } from './improv.ts';
import type { Bytes } from '../board.ts';
import type { Networks } from './networks.ts';
import type { Serial, SetUpBoard } from './ports.ts';

/** What is left of a packet whose sender has stopped is forgotten after so long. */
const SILENCE_S = 1;

/** What the line needs of the set-up mode. */
export interface LineOptions {
  networks: Networks;
  /** Firmware, version, chip, name. */
  info: Bytes[];
  state(): State;
  /** Where the person should look next, if anywhere; once provisioned. */
  urls(): Bytes[];
  /** Tries a network; calls back with whether it works and is saved. */
  provision(ssid: Bytes, password: Bytes, done: (isRight: boolean) => void): void;
}

/** The serial line. */
export interface Line {
  /** Gives it back to the console, for good. */
  stop(): void;
}

/** Starts to listen, where there is a console. */
export function createLine(board: SetUpBoard, options: LineOptions): Line {
  const name = board.E.getConsole();
  const serial = (name && (board as unknown as Record<string, Serial>)[name]) || undefined;
  let input = '';
  let isAfterPacket = false;
  let lastS = 0;

  function send(type: Type, code: number): void {
    serial!.write(encodePacket(type, String.fromCharCode(code)));
  }

  function provision(texts: Bytes[] | undefined): void {
    if (!texts || texts.length !== 2) return send(Type.ERROR, Fault.INVALID_PACKET);
    send(Type.ERROR, Fault.NONE);
    send(Type.STATE, State.PROVISIONING);
    options.provision(texts[0]!, texts[1]!, function (isRight) {
      send(Type.STATE, options.state());
      if (!isRight) send(Type.ERROR, Fault.UNABLE_TO_CONNECT);
      if (isRight) serial!.write(encodeResult(Command.WIFI_SETTINGS, options.urls()));
    });
  }

  function tellState(): void {
    send(Type.STATE, options.state());
    if (options.state() === State.PROVISIONED) serial!.write(encodeResult(Command.CURRENT_STATE, options.urls()));
  }

  function scan(): void {
    options.networks.scan(function () {
      options.networks.list.forEach(function (network) {
        const texts = [network.ssid, '' + network.rssi, network.authMode === 'open' ? 'NO' : 'YES'];
        serial!.write(encodeResult(Command.SCAN, texts));
      });
      serial!.write(encodeResult(Command.SCAN, []));
    });
  }

  function obey(data: Bytes | undefined): void {
    const command = data && data.charCodeAt(0);
    if (!data || data.charCodeAt(1) !== data.length - 2) return send(Type.ERROR, Fault.INVALID_PACKET);
    if (command === Command.WIFI_SETTINGS) return provision(readTexts(data.substr(2)));
    if (command === Command.CURRENT_STATE) return tellState();
    if (command === Command.DEVICE_INFO) return serial!.write(encodeResult(command, options.info));
    if (command === Command.SCAN) return scan();
    send(Type.ERROR, Fault.UNKNOWN_COMMAND);
  }

  /** The newline that ends a packet, and what a plug makes: zeros and bytes that are no ASCII. */
  function isNoise(code: number): boolean {
    return !code || code > 126 || (isAfterPacket && (code === 10 || code === 13));
  }

  function stop(): void {
    if (!serial || board.E.getConsole()) return;
    serial.removeListener('data', onData);
    board.E.setConsole(serial, { force: true });
  }

  function onData(data: Bytes): void {
    const nowS = board.getTime();
    if (nowS - lastS > SILENCE_S) input = '';
    lastS = nowS;
    input = input + data;
    for (;;) {
      while (input && isNoise(input.charCodeAt(0))) input = input.substr(1);
      const packet = decodePacket(input);
      if (packet === undefined) return;
      if (packet === false) break;
      input = input.substr(packet.size);
      isAfterPacket = true;
      if (packet.type === Type.COMMAND) obey(packet.data);
    }
    stop();
    // what has come is for the console; a Ctrl-C would only stop this very function
    serial!.inject(input.split('\x03').join(''));
  }

  if (serial) {
    serial.on('data', onData);
    board.E.setConsole(null);
  }
  return { stop: stop };
}
