// A real RabbitMQ with its MQTT plugin, and an Erlang port mapper of its own.

import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDaemon, freePort } from './daemon.ts';

/** The one on Debian's PATH becomes another user, who may not read our folder. */
const COMMAND = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** Whether there is one on this machine. */
export const isRabbitMqInstalled = (): boolean => existsSync(COMMAND);

/** Starts one on a port of its own; takes some seconds. */
export async function createRabbitMq() {
  const [port, distribution, mapper] = [await freePort(), await freePort(), await freePort()];
  const daemon = await createDaemon({
    ...{ name: 'rabbitmq-server', command: COMMAND, port, limitMs: 60_000 },
    prepare(folder) {
      const [config, plugins] = [join(folder, 'rabbitmq.conf'), join(folder, 'plugins')];
      writeFileSync(
        config,
        `listeners.tcp = none
mqtt.listeners.tcp.1 = 127.0.0.1:${port}
mqtt.allow_anonymous = true
loopback_users = none
`,
      );
      writeFileSync(plugins, '[rabbitmq_mqtt].\n');
      return {
        args: [],
        env: {
          HOME: folder,
          ERL_EPMD_ADDRESS: '127.0.0.1',
          ERL_EPMD_PORT: String(mapper),
          RABBITMQ_NODENAME: `light${port}@localhost`,
          RABBITMQ_DIST_PORT: String(distribution),
          RABBITMQ_CONFIG_FILE: config,
          RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
          RABBITMQ_MNESIA_BASE: folder,
          RABBITMQ_LOG_BASE: folder,
          RABBITMQ_LOGS: '-',
        },
      };
    },
  });
  return {
    ...daemon,
    async dispose(): Promise<void> {
      await daemon.dispose();
      spawnSync('epmd', ['-port', String(mapper), '-kill']);
    },
  };
}
