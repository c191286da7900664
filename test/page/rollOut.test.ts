// Roll-outs of the page, without a browser: what cannot be done is one line, and one at a time is.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { RollOut } from '../../page/protocol.ts';
import { imageWith } from '../support/updatable.ts';
import { file } from '../support/updating.ts';
import { createLightsRig, until, type LightsRig } from './rig.ts';

const B = imageWith('b');

describe('roll-outs', () => {
  let rig: LightsRig;
  afterEach(() => rig.dispose());

  const rollOut = () => JSON.parse(rig.documents.text('rollOut') ?? 'null') as RollOut | null;
  const ended = () => until(() => rollOut()?.isRunning === false, 'the roll-out ends');
  const asked = (action: 'update' | 'configure' | 'stopRollOut', args = {}) => rig.actions[action]!(args as never);

  test('wrong arguments are refused, and nothing begins', async () => {
    rig = await createLightsRig([], { bundle: B.path });
    const lights = ['left'];
    for (const [args, line] of [
      [{ lights: 'left', settings: { powerOn: 'on' } }, 'not a list of names'],
      [{ lights: [], settings: { powerOn: 'on' } }, 'no light is named'],
      [{ lights: ['a b'], settings: { powerOn: 'on' } }, 'a light wants 1 to 32 bytes without space / + # " \\'],
      [{ lights }, 'no setting is changed'],
      [{ lights, settings: 'powerOn' }, /is no setting/],
      [{ lights, settings: { powerOn: 'maybe' } }, 'powerOn wants off, on or last'],
      [{ lights, settings: { wifi: { password: '12345678' } } }, 'wifi.ssid is missing: name the network'],
      [{ lights: ['a', 'b'], settings: { name: 'c' } }, 'a name is for one light'],
    ] as const)
      assert.throws(() => asked('configure', args), { message: line });
    assert.throws(() => asked('update', { lights: ['#'] }), { message: 'not a list of names' });
    assert.equal(rollOut(), null);
  });

  test('a bundle that takes no updates is told in place of a version', async () => {
    const bundle = file('foreign.js', 'print(1)');
    rig = await createLightsRig([], { bundle });
    const problem = `${bundle} is no program that takes updates: npm run build makes one`;
    assert.deepEqual(JSON.parse(rig.documents.text('program')!), { problem });
    assert.throws(() => asked('update', { lights: ['left'] }), { message: problem });
  });

  test('without the master key, and for a light that nobody hears, there is one line', async () => {
    rig = await createLightsRig([], { bundle: B.path, masterKey: '/nowhere/master.key' });
    asked('update', { lights: ['left'] });
    await ended();
    assert.deepEqual(rollOut()!.lines, [
      'no master key /nowhere/master.key: npm run flash makes it, and gives each board its own of it',
    ]);
    await rig.dispose();
    rig = await createLightsRig([], { bundle: B.path });
    asked('update', { lights: ['left'] });
    await ended();
    assert.deepEqual(rollOut()!.lights, [
      { name: 'left', stage: 'failed', words: 'find nothing is heard of it: is the name right?' },
    ]);
  });

  test('one at a time; the end of the page ends what is under way', async () => {
    rig = await createLightsRig(['left'], { bundle: B.path });
    asked('update', { lights: ['left'] });
    assert.throws(() => asked('configure', { lights: ['left'], settings: { powerOn: 'on' } }), {
      message: 'another roll-out is under way: wait for its end, or stop it',
    });
    await until(() => rollOut()!.lights[0]!.percent !== undefined, 'it fetches');
    asked('stopRollOut');
    await ended();
    assert.equal(rollOut()!.lights[0]!.stage, 'failed');
    asked('configure', { lights: ['left'], settings: { powerOn: 'on' } });
    await until(() => rollOut()!.lights[0]!.words !== '', 'the next one begins');
  });
});
