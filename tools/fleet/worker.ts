// A process with some of the fleet's lights. It ends when the tool does.

import { steadyMs } from '../../sim/time/steadyClock.ts';
import { createLights, type LightEvent } from './lights.ts';
import type { Order, Tidings } from './messages.ts';

const TELL_EVERY_MS = 200;

let lights: ReturnType<typeof createLights> | undefined;
let events: LightEvent[] = [];
const startedMs = performance.now() - steadyMs();

function tell(): void {
  const { user, system } = process.cpuUsage();
  const lateS = (performance.now() - startedMs - steadyMs()) / 1000;
  const usage = { rssBytes: process.memoryUsage.rss(), cpuS: (user + system) / 1e6, lateS };
  process.send?.({ events, usage } satisfies Tidings);
  events = [];
}

process.on('message', (order: Order) => {
  if (order.do === 'setUp') lights = createLights({ ...order, tell: (event) => events.push(event) });
  else if (order.do === 'powerOn') lights?.powerOn(order.below);
  else if (order.do === 'powerOff') lights?.powerOff();
  else lights?.setCut(order.broker, order.isCut);
});
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group: the tool decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
setInterval(tell, TELL_EVERY_MS);
