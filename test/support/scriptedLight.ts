// A scripted light at a real broker: it takes updates as the wire format says, and misbehaves in every way on demand.

import { createDecipheriv, createHash, pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { connect, type MqttClient } from 'mqtt';
import { boardKeys } from '../../tools/keys.ts';
import { CHUNK_BYTES } from '../../tools/update/wire.ts';

/** How a light misbehaves; changeable while it runs. */
export interface LightFaults {
  /** It has an older program, without updates. */
  isOld?: boolean;
  /** It says this to every offer. */
  refuses?: string;
  /** It has room only after a compaction. */
  isFull?: boolean;
  /** Says nothing more from here on. */
  silentFrom?: 'offer' | 'fetch' | 'trial';
  /** Waits with this chunk. */
  waitsAtChunk?: number | undefined;
  /** Goes back to what it had. */
  rollsBack?: boolean;
  /** Refuses something else while it is on trial. */
  refusesInTrial?: boolean;
  /** Calls itself updated while its trial lasts for ever. */
  keepsTrying?: boolean;
}

/** What a light is. */
export interface ScriptedLightOptions {
  port: number;
  name: string;
  serial: string;
  master: Buffer;
  version?: string;
  faults?: LightFaults;
  trialMs?: number;
}

interface Offer {
  size: number;
  hash: string;
  version: string;
  fetched: Buffer;
}

const RESTART_MS = 30;

/** Creates a light that is connected. */
export async function createScriptedLight(options: ScriptedLightOptions) {
  const { name, serial, master, faults = {}, trialMs = 50 } = options;
  let { version = '1.0.0', port } = options;
  const keys = boardKeys(master, serial);
  const log: string[] = [];
  let settings: Record<string, unknown> = { name };
  const topic = () => `light/${String(settings.name)}`;
  let client: MqttClient;
  let offer: Offer | undefined;
  let update = '';
  let restarts = 0;
  let counter = 0;
  let isSilent = false;
  let isStopped = false;

  const later = (action: () => void, ms: number): void => void setTimeout(action, ms).unref();

  function tell(): void {
    if (isSilent) return;
    const info = {
      version,
      restarts,
      uptimeS: 1,
      flashFreeKB: 800,
      ...(faults.isOld ? {} : { serial, slot: 'a', update }),
    };
    client.publish(`${topic()}/info`, JSON.stringify(info), { retain: true });
    const percent = offer ? Math.floor((offer.fetched.length / offer.size) * 10) * 10 : null;
    const state = { installed_version: version, latest_version: offer?.version ?? version };
    const firmware = { ...state, in_progress: offer !== undefined, update_percentage: percent };
    client.publish(`${topic()}/firmware`, JSON.stringify(firmware), { retain: true });
  }

  function say(word: string): void {
    update = word;
    log.push(word);
    tell();
  }

  async function start(): Promise<void> {
    const will = { topic: `${topic()}/status`, payload: Buffer.from('offline'), retain: true, qos: 0 as const };
    client = connect(`mqtt://127.0.0.1:${port}`, { clientId: `id${serial}`, clean: false, reconnectPeriod: 100, will });
    client.on('error', () => {});
    client.on('message', receive);
    client.on('connect', () => {
      if (!faults.isOld) client.subscribe(`${topic()}/update`, { qos: 1 });
      client.publish(`${topic()}/status`, 'online', { retain: true });
      tell();
      if (offer) fetchNext();
    });
    await once(client as unknown as NodeJS.EventEmitter, 'connect');
  }

  async function restart(): Promise<void> {
    client.removeAllListeners('message');
    client.stream.destroy(); // no word to the broker, as at a reset
    client.end(true);
    restarts += 1;
    await new Promise((resolve) => later(() => resolve(undefined), RESTART_MS));
    if (!isStopped) await start();
  }

  /** Restarts into a trial, which `keep` makes permanent and `undo` ends. */
  async function tryOut(apply: () => void, undo: () => void): Promise<void> {
    offer = undefined;
    apply();
    update = 'trial';
    if (faults.silentFrom === 'trial') isSilent = true;
    await restart();
    if (faults.refusesInTrial) refuse('on trial');
    if (faults.keepsTrying) return;
    later(() => {
      if (!faults.rollsBack) return say('kept');
      undo();
      update = 'rolled back';
      log.push(update);
      void restart();
    }, trialMs);
  }

  function refuse(why: string): void {
    say(`refused: ${why}`);
  }

  function fetchNext(): void {
    const n = Math.floor(offer!.fetched.length / CHUNK_BYTES);
    if (faults.waitsAtChunk === n) return later(() => offer && fetchNext(), 10);
    client.subscribe(`light/firmware/${offer!.hash}/${n}`, { qos: 0 });
  }

  function takeChunk(from: string, payload: Buffer): void {
    const n = offer && Math.floor(offer.fetched.length / CHUNK_BYTES);
    if (!offer || payload.length === 0 || from !== `light/firmware/${offer.hash}/${n}`) return;
    client.unsubscribe(from);
    offer.fetched = Buffer.concat([offer.fetched, payload]);
    tell();
    if (offer.fetched.length < offer.size) return fetchNext();
    if (createHash('sha256').update(offer.fetched).digest('hex') !== offer.hash) return refuse('wrong hash');
    const [old, next] = [version, offer.version];
    void tryOut(
      () => (version = next),
      () => (version = old),
    );
  }

  function takeOffer(size: string, hash: string, next: string): void {
    if (faults.silentFrom === 'offer') isSilent = true;
    if (faults.refuses !== undefined) return refuse(faults.refuses);
    if (faults.isFull) return refuse('no room: flash by USB, or --compact');
    offer = {
      size: Number(size),
      hash,
      version: next,
      fetched: offer?.hash === hash ? offer.fetched : Buffer.alloc(0),
    };
    log.push(`offered ${next}`);
    tell();
    if (faults.silentFrom === 'fetch') isSilent = true;
    fetchNext();
  }

  function takeSettings(body: Buffer): void {
    if (faults.refuses !== undefined) return refuse(faults.refuses);
    const decipher = createDecipheriv('aes-256-cbc', keys.encryption, new Uint8Array(body.subarray(0, 16)));
    const text = Buffer.concat([decipher.setAutoPadding(false).update(body.subarray(16)), decipher.final()]);
    const [old, oldPort] = [settings, port];
    void tryOut(
      () => {
        settings = { ...old, ...(JSON.parse(text.toString()) as object) };
        if (settings.broker) port = Number(String(settings.broker).split(':')[1]);
      },
      () => {
        settings = old;
        port = oldPort;
      },
    );
  }

  function takeMessage(payload: Buffer): void {
    const text = payload.subarray(64);
    const tag = pbkdf2Sync(keys.signing, new Uint8Array(text), 1, 32, 'sha256').toString('hex');
    if (payload.subarray(0, 64).toString('latin1') !== tag) return refuse('wrong tag');
    const [word = '', count = '', ...rest] = text.toString('latin1').split(' ');
    if (Number(count) === counter) return void log.push('old counter'); // the broker has sent it again
    if (Number(count) < counter) return refuse('old counter');
    counter = Number(count);
    if (word === 'firmware') takeOffer(...(rest as [string, string, string]));
    else if (word === 'settings') takeSettings(text.subarray(`settings ${count} `.length));
    else if (word === 'log') ['one', 'two'].forEach((line) => client.publish(`${topic()}/log`, line));
    else {
      faults.isFull = false;
      log.push('compacted');
      update = '';
      void restart();
    }
  }

  function receive(from: string, payload: Buffer): void {
    if (from === `${topic()}/update`) takeMessage(payload);
    else takeChunk(from, payload);
  }

  await start();
  return {
    name,
    faults,
    /** What it did and said, oldest first. */
    log,
    version: () => version,
    settings: () => settings,
    async stop(): Promise<void> {
      isStopped = true;
      client.end(true);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** A scripted light. */
export type ScriptedLight = Awaited<ReturnType<typeof createScriptedLight>>;
