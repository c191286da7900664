// The serial port as Web Serial shows it: on a pseudo-terminal, and the lines that reset a board on a port that records them.

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SerialPort } from 'serialport';
import { withBootLoader } from '../../tools/flash/interpreter/bootLoader.ts';
import { createWebSerialPort, type WebSerialPort } from '../../tools/flash/interpreter/webSerialPort.ts';
import { LIMITS } from '../../tools/flash/limits.ts';
import { until } from '../../tools/flash/until.ts';
import { NEEDS_SOCAT, withTerminal } from '../support/terminal.ts';

/** Runs a test with an open port and the other end of its line. */
async function withLine(
  run: (port: WebSerialPort, far: Socket, unplug: () => void, path: string) => Promise<void>,
): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = once(server, 'connection');
  try {
    await withTerminal(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, async (path, unplug) => {
      const port = await createWebSerialPort(path);
      await port.open({ baudRate: 115_200 });
      const [far] = (await connected) as [Socket];
      try {
        await run(port, far, unplug, path);
      } finally {
        await port.close();
        far.destroy();
      }
    });
  } finally {
    server.close();
  }
}

/** Reads until there are so many bytes. */
async function read(port: WebSerialPort, count: number): Promise<number[]> {
  const reader = port.readable!.getReader();
  const bytes: number[] = [];
  while (bytes.length < count) bytes.push(...((await reader.read()).value ?? []));
  reader.releaseLock();
  return bytes;
}

async function write(port: WebSerialPort, bytes: number[]): Promise<void> {
  const writer = port.writable!.getWriter();
  try {
    await writer.write(Uint8Array.from(bytes));
  } finally {
    writer.releaseLock();
  }
}

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => byte);

test('carries every byte in both directions', NEEDS_SOCAT, () =>
  withLine(async (port, far) => {
    let received = Buffer.alloc(0);
    far.on('data', (data) => (received = Buffer.concat([received, data])));
    await write(port, ALL_BYTES);
    assert.ok(await until(() => received.length === 256, 5_000));
    assert.deepEqual([...received], ALL_BYTES);
    far.write(Uint8Array.from(ALL_BYTES));
    assert.deepEqual(await read(port, 256), ALL_BYTES);
  }),
);

test('changes the speed of the open port, and ignores lines that a port does not have', NEEDS_SOCAT, () =>
  withLine(async (port, far) => {
    await port.setSignals({ dataTerminalReady: true, requestToSend: false });
    await port.setBaudRate(460_800);
    await port.reset();
    far.write('still here');
    assert.equal(Buffer.from(await read(port, 10)).toString(), 'still here');
    assert.equal(port.goneBecause(), undefined);
  }),
);

test('ends reads and writes when the board is unplugged', NEEDS_SOCAT, () =>
  withLine(async (port, _, unplug) => {
    const reader = port.readable!.getReader();
    const waiting = reader.read();
    // `serialport` must wait for bytes already: a terminal that has hung up before reads as empty.
    await sleep(300);
    unplug();
    assert.deepEqual([...((await waiting).value ?? [])], [0xdb, 0x00], 'no packet of SLIP goes on like this');
    assert.equal((await reader.read()).done, true);
    assert.equal(port.goneBecause(), 'the board was unplugged');
    await assert.rejects(write(port, [1]), /the port is closed/);
  }),
);

test('lets the port go when it is closed, also while it opens', NEEDS_SOCAT, () =>
  withLine(async (port, _, __, path) => {
    await port.close();
    await assert.rejects(write(port, [1]), /the port is closed/);
    assert.equal(port.goneBecause(), 'the port was closed');
    const early = await createWebSerialPort(path);
    const opening = early.open({ baudRate: 115_200 });
    await early.close();
    await opening;
    const next = await createWebSerialPort(path);
    await next.open({ baudRate: 115_200 });
    await next.close();
  }),
);

test('says why a port does not open', async () => {
  const port = await createWebSerialPort('/dev/nowhere');
  await assert.rejects(port.open({ baudRate: 115_200 }), { exit: 'noSuchPort' });
});

/** A port that records its lines and answers nothing. */
function recordingPort() {
  const states: string[] = [];
  const port = Object.assign(new EventEmitter(), {
    isOpen: true,
    set({ dtr, rts }: { dtr: boolean; rts: boolean }, done: () => void) {
      states.push(`${dtr ? 'DTR' : '-'} ${rts ? 'RTS' : '-'}`);
      done();
    },
    write: (_: Buffer, done: () => void) => done(),
    close(done: () => void) {
      port.isOpen = false;
      port.emit('close', null);
      done();
    },
  });
  return { port: port as unknown as SerialPort, states };
}

test('resets the chip into its boot loader without ever letting it go with IO0 high', async () => {
  const { port, states } = recordingPort();
  const limits = { ...LIMITS, loaderAttempts: 2 };
  const access = { path: 'recorded', limits, signal: new AbortController().signal };
  const opened = withBootLoader(
    access,
    { withStub: true, baud: 115_200 },
    () => Promise.resolve(),
    () => Promise.resolve(port),
  );
  await assert.rejects(opened, { exit: 'silentBoard' });
  const reset = ['- RTS', 'DTR -', '- -'];
  assert.deepEqual(states, [...reset, ...reset]);
  assert.equal(port.isOpen, false);
});
