// Random faults of the network on virtual time: the lamp always shows what the commands say.

import { test } from 'node:test';
import { checkProperty } from './property.ts';
import { stories } from './story.ts';
import { createVirtualWorld, playStory } from './world.ts';

/** Cuts of a connection for each kind of broker; `npm run test:long` asks for more. */
const CUTS = Number(process.env['FAULT_CUTS'] ?? 300);

/** On average. */
const CUTS_PER_STORY = 11;

for (const identifiers of ['rising', 'lowest'] as const)
  for (const window of [1, 20])
    test(`whatever the network does, the lamp shows what the commands say (${identifiers} identifiers, ${window} in flight)`, (t) =>
      checkProperty(t, stories({ identifiers, window }), (story) => playStory(story, createVirtualWorld), {
        numRuns: Math.ceil(CUTS / CUTS_PER_STORY),
      }));
