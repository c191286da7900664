// The three make-ups of the bench, and what each needs on this machine.

import { createBroker } from '../../sim/broker/embedded.ts';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter/interpreter.ts';
import { createMosquitto, mosquittoAvailable } from '../../sim/broker/mosquitto.ts';
import { createRealDevice, createVirtualDevice } from './device.ts';
import { createRig, type BrokerUnderTest, type MakeUp, type Rig, type RigOptions, type Scope } from './rigs.ts';

/** Chip seconds pass this many times as fast: a keep alive of 10 s takes half of one. */
const SPEED = 20;

/** The interpreter shares a busy computer with everything else, and its deadlines are not to be missed for that. */
const REAL_SPEED = 10;

/** A make-up of the bench. */
export interface Bench {
  name: string;
  /** Why it cannot be had here. */
  skip: string | false;
  isVirtual: boolean;
  open(scope: Scope, options?: RigOptions): Promise<Rig>;
}

async function createAedes(): Promise<BrokerUnderTest> {
  const broker = createBroker();
  await broker.start();
  const { stop, kill } = broker;
  return { port: broker.port, stop, kill, start: () => broker.start(), dispose: stop };
}

const onMosquitto = ({ mosquitto }: RigOptions): Promise<BrokerUnderTest> =>
  createMosquitto({ persistence: true, ...mosquitto });

const NO_MOSQUITTO = mosquittoAvailable() ? false : 'needs mosquitto: apt install mosquitto';

const bench = (name: string, skip: string | false, make: MakeUp): Bench => ({
  ...{ name, skip },
  isVirtual: make.device === createVirtualDevice,
  open: (scope, options) => createRig(make, scope, options),
});

/** Every make-up; those that this machine lacks a program for say what to install. */
export const benches: Bench[] = [
  bench('virtual board, aedes', false, { broker: createAedes, device: createVirtualDevice, speed: SPEED }),
  bench('virtual board, mosquitto', NO_MOSQUITTO, { broker: onMosquitto, device: createVirtualDevice, speed: SPEED }),
  bench('real interpreter, mosquitto', interpreterPath() ? NO_MOSQUITTO : INTERPRETER_HINT, {
    ...{ broker: onMosquitto, device: createRealDevice },
    speed: REAL_SPEED,
  }),
];
