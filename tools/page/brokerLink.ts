// The link to the broker: comes back by itself, for ever, and says whether it is there.

import type { BrokerLink as LinkState } from '../../page/protocol.ts';
import { connectBroker, readTopics, type BrokerAccess, type Message } from '../broker.ts';

/** What the link is for. */
interface LinkOptions {
  topics: string[];
  onMessage(message: Message): void;
  onState(state: LinkState): void;
  /** After each connect. */
  onReady(): void;
  /** Ends the opening. */
  signal: AbortSignal;
}

/** Why the link was lost, in a few words. */
function reasonOf(error: Error & { code?: unknown }): string {
  return typeof error.code === 'string' ? error.code : error.message.replace(/^Connection refused: /, 'refused: ');
}

/**
 * Opens the link.
 * @throws Failure unreachable or refused, when the first attempt fails: what is wrong at the start is most likely a wrong call
 */
export async function openBrokerLink(access: BrokerAccess, options: LinkOptions) {
  const { topics, onMessage, onState, onReady, signal } = options;
  const { client, close } = await connectBroker(access, { tool: 'page', signal, stays: true });
  let reason = '';
  client.on('error', (error) => (reason = reasonOf(error)));
  await readTopics(client, access, { topics, qos: 0, take: onMessage, signal }).catch((error: unknown) => {
    close();
    throw error;
  });

  function ready(): void {
    onState({ isConnected: true, reason: '' });
    onReady();
  }
  client.on('connect', ready);
  client.on('close', () => {
    onState({ isConnected: false, reason: reason || 'closed the connection' });
    reason = '';
  });
  ready();

  return {
    /** Publishes at QoS 1; resolves when the broker has it. @throws Error in one line */
    async publish(topic: string, payload: string, { retain = false, qos = 1 as 0 | 1 } = {}): Promise<void> {
      if (!client.connected) throw new Error('the broker is away');
      await client.publishAsync(topic, payload, { qos, retain });
    },
    close,
  };
}

/** A link to a broker. */
export type BrokerLink = Awaited<ReturnType<typeof openBrokerLink>>;
