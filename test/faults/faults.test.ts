import { test } from 'node:test';
import { always } from './property.ts';
import { stories } from './story.ts';
import { createVirtualWorld, tell } from './world.ts';

/** For each kind of broker; `npm run test:long` asks for more. */
const CUTS = Number(process.env['FAULT_CUTS'] ?? 300);

/** A story's, on average. */
const CUTS_PER_STORY = 11;

for (const identifiers of ['rising', 'lowest'] as const)
  for (const window of [1, 20])
    test(`whatever the network does, the lamp is as it was told (${identifiers} identifiers, ${window} in flight)`, (t) =>
      always(t, stories({ identifiers, window }), (story) => tell(story, createVirtualWorld), {
        numRuns: Math.ceil(CUTS / CUTS_PER_STORY),
      }));
