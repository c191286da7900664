// Fetches an image: one chunk after another from retained messages, each written where it belongs, so that a power cut costs one chunk.
import { field, packet, uint16 } from '../packet.ts';
import type { Board, Bytes } from '../board.ts';
import type { Parts } from './parts.ts';

/** A whole chunk; the last one may be shorter. */
const CHUNK_BYTES = 768;

/** Ticks without a new byte until it gives up: half an hour. */
const PATIENCE_TICKS = 360;

/** What is to be fetched. */
export interface Offer {
  sizeBytes: number;
  /** In hex. */
  sha256: string;
  version: string;
}

/** Reads `<size> <sha256> <version>`; undefined for anything else. */
export function readOffer(text: string): Offer | undefined {
  const words = text.split(' ');
  const offer = { sizeBytes: parseInt(words[0]!, 10), sha256: words[1] || '', version: words[2] || '' };
  const isWhole = '' + offer.sizeBytes === words[0] && offer.sizeBytes > 0 && offer.sha256.length === 64;
  return isWhole && words.length === 3 && offer.version ? offer : undefined;
}

/** A fetch under way. */
export interface Fetch {
  offer: Offer;
  /** Bytes that are in flash. */
  have: number;
  onChunk(topic: Bytes, payload: Bytes): void;
  /** Called every 5 s. @returns false when it has given up */
  tick(): boolean;
  /** Ends the subscription. */
  end(): void;
}

/**
 * Goes on where the file ends.
 * @param file the slot
 * @param onBytes called after each chunk
 */
export function newFetch(board: Board, parts: Parts, offer: Offer, file: string, onBytes: () => void): Fetch {
  const base = 'light/firmware/' + offer.sha256 + '/';
  let subscribed = ''; // topic
  let id = 1; // packet identifier; 1 is the session's own
  let silentTicks = 0;

  /** SUBSCRIBE (clause 3.8) at QoS 0, or UNSUBSCRIBE (3.10). */
  function encode(first: number, topic: Bytes, end: Bytes): Bytes {
    id = id < 65535 ? id + 1 : 2;
    return packet(first, uint16(id) + field(topic) + end);
  }

  /** Asks for the chunk that is missing; asking again makes the broker send it again [MQTT-3.8.4-3]. */
  function ask(): void {
    const topic = base + Math.floor(fetch.have / CHUNK_BYTES);
    const isOther = subscribed !== '' && subscribed !== topic;
    const packets = isOther ? encode(0xa2, subscribed, '') : '';
    if (parts.mqtt.publish('', packets + encode(0x82, topic, '\0'), isOther ? 2 : 1)) subscribed = topic;
  }

  const there = board.storage.read(file) || '';
  const unwritten = there.indexOf('\xff'); // the image has no such byte
  const fetch: Fetch = {
    offer: offer,
    have: unwritten < 0 ? there.length : unwritten,
    onChunk: function (topic, payload) {
      const number = Math.floor(fetch.have / CHUNK_BYTES);
      const start = number * CHUNK_BYTES;
      const expected = Math.min(CHUNK_BYTES, offer.sizeBytes - start);
      if (topic !== base + number || payload.length !== expected || payload.indexOf('\xff') >= 0) return;
      const rest = payload.substr(fetch.have - start); // a power cut may have torn a chunk
      // a fetch that goes on after a restart may have lost the room that it had
      if (!parts.write(file, rest, fetch.have, fetch.have ? 0 : offer.sizeBytes)) return;
      fetch.have += rest.length;
      silentTicks = 0;
      if (fetch.have < offer.sizeBytes) ask();
      onBytes();
    },
    tick: function () {
      if (++silentTicks % 2 === 0) ask();
      return silentTicks <= PATIENCE_TICKS;
    },
    end: function () {
      if (subscribed) parts.mqtt.publish('', encode(0xa2, subscribed, ''), 1);
      subscribed = '';
    },
  };
  ask();
  return fetch;
}
