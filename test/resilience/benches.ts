// The three benches: which board and which broker, and the programs that each needs.

import { createBroker } from '../../sim/broker/embedded.ts';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter/interpreter.ts';
import { createMosquitto, mosquittoAvailable } from '../../sim/broker/mosquitto.ts';
import { createRealDevice, createVirtualDevice } from './device.ts';
import { createRig, type BrokerUnderTest, type Parts, type Rig, type RigOptions, type Scope } from './rigs.ts';

/** Chip seconds per wall second: a keep alive of 10 s takes half a second. */
const SPEED = 20;

/** Slower, so that the interpreter keeps its deadlines on a busy computer. */
const REAL_SPEED = 10;

/** A kind of board with a kind of broker. */
export interface Bench {
  name: string;
  /** Which program is missing on this machine. */
  skip: string | false;
  isVirtual: boolean;
  open(scope: Scope, options?: RigOptions): Promise<Rig>;
}

/** The broker in this process. */
export async function createAedes(): Promise<BrokerUnderTest> {
  const broker = createBroker();
  await broker.start();
  const { stop, kill } = broker;
  return { port: broker.port, stop, kill, start: () => broker.start(), dispose: stop };
}

const onMosquitto = ({ mosquitto }: RigOptions): Promise<BrokerUnderTest> =>
  createMosquitto({ persistence: true, ...mosquitto });

const NO_MOSQUITTO = mosquittoAvailable() ? false : 'needs mosquitto: apt install mosquitto';

const bench = (name: string, skip: string | false, make: Parts): Bench => ({
  ...{ name, skip },
  isVirtual: make.device === createVirtualDevice,
  open: (scope, options) => createRig(make, scope, options),
});

/** All benches. */
export const benches: Bench[] = [
  bench('virtual board, aedes', false, { broker: createAedes, device: createVirtualDevice, speed: SPEED }),
  bench('virtual board, mosquitto', NO_MOSQUITTO, { broker: onMosquitto, device: createVirtualDevice, speed: SPEED }),
  bench('real interpreter, mosquitto', interpreterPath() ? NO_MOSQUITTO : INTERPRETER_HINT, {
    ...{ broker: onMosquitto, device: createRealDevice },
    speed: REAL_SPEED,
  }),
];
