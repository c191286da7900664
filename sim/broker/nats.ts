// A real NATS server with JetStream and MQTT.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDaemon, freePort } from './daemon.ts';

/** Starts one on a port of its own. It sends again what has no PUBACK after a second, not at once on a reconnect: 30 s by default. */
export async function createNats() {
  const port = await freePort();
  const own = await freePort();
  return createDaemon({
    ...{ name: 'nats-server', port, limitMs: 10_000 },
    prepare(folder) {
      const file = join(folder, 'nats.conf');
      writeFileSync(
        file,
        `server_name: light
listen: "127.0.0.1:${own}"
jetstream { store_dir: "${folder}" }
mqtt { listen: "127.0.0.1:${port}", ack_wait: "1s" }
`,
      );
      return { args: ['-c', file] };
    },
  });
}
