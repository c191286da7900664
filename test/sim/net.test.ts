import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createHouse } from '../../sim/house.ts';
import { createRogueBroker, scripts, type RogueScript } from '../../sim/broker/rogue.ts';

/** Joins the network, and then runs the program with `net` and a `log` of events. */
const online = (program: string): string => `
  const net = require('net');
  const log = (...words) => print(words.join(' '));
  const watch = (s) => {
    s.on('connect', () => log('connect'));
    s.on('data', (d) => log('data', d));
    s.on('drain', () => log('drain'));
    s.on('error', (e) => log('error', e.code, e.message));
    s.on('end', () => log('end'));
    s.on('close', (e) => log('close', e));
    return s;
  };
  const target = { host: '192.168.1.10', port: 1883 };
  require('Wifi').connect('Home', { password: 'secret-password' }, () => { ${program} });
`;

async function bench(t: TestContext, script: RogueScript, program: string, hosts: Record<string, string> = {}) {
  const server = createRogueBroker(script);
  const house = createHouse({ speed: 20 });
  house.hosts.set('192.168.1.10', `127.0.0.1:${await server.start()}`);
  for (const [host, target] of Object.entries(hosts)) house.hosts.set(host, target);
  t.after(async () => {
    house.dispose();
    await server.stop();
  });
  return { server, house, board: house.board({ firmware: online(program) }) };
}

const EVERY_BYTE = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));

test('carries all 256 byte values both ways, one char per byte', async (t) => {
  const echo: RogueScript = (peer) => {
    peer.send(EVERY_BYTE);
  };
  const { board, server } = await bench(
    t,
    echo,
    `let all = ''; const s = net.connect(target);
     s.on('data', (d) => { all += d; if (all.length === 256) { s.write(all); print('sent'); } });`,
  );
  await board.waitFor('sent');
  await board.waitFor(() => server.peers[0]?.received().length === 256);
  assert.equal(server.peers[0]?.received(), EVERY_BYTE);
});

test('sends a typed array as text, and returns false from every write', async (t) => {
  const { board, server } = await bench(
    t,
    scripts.silent(),
    `const s = net.connect(target); log(s.write(new Uint8Array([65, 66])));`,
  );
  await board.waitFor('false');
  await board.waitFor(() => server.peers[0]?.received() === '65,66');
});

test('reads at most 536 bytes in one idle turn', async (t) => {
  const flood: RogueScript = (peer) => peer.send('x'.repeat(2000));
  const { board } = await bench(
    t,
    flood,
    `let sum = 0; net.connect(target).on('data', (d) => { sum += d.length; log(d.length); if (sum === 2000) log('all'); });`,
  );
  await board.waitFor('all');
  const sizes = board.console.filter((line) => /^\d+$/.test(line)).map(Number);
  assert.equal(Math.max(...sizes), 536);
});

/** A peer in a thread of its own: it acts even while a program keeps this one busy. */
async function foreignPeer(t: TestContext, onAccept: string): Promise<number> {
  const program = `
    const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer((socket) => { socket.on('error', () => {}); ${onAccept} });
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
  const worker = new Worker(program, { eval: true, execArgv: [] });
  t.after(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  return port;
}

/** Keeps the interpreter busy, in chip seconds. */
const SPIN = 'const from = getTime(); while (getTime() < from + 2);';

test('brings data before the connect callback when the peer speaks first', async (t) => {
  const program = `watch(net.connect(target, () => log('callback'))); ${SPIN}`;
  const port = await foreignPeer(t, `socket.write('hello')`);
  const { board } = await bench(t, scripts.silent(), program, { '192.168.1.10': `127.0.0.1:${port}` });
  await board.waitFor('callback');
  assert.ok(board.console.indexOf('data hello') >= 0);
  assert.ok(board.console.indexOf('data hello') < board.console.indexOf('callback'));
});

test('makes a write in the connect callback throw when the peer closed on accept', async (t) => {
  const program = `const s = watch(net.connect(target, () => { try { s.write('more') } catch (e) { log(e.message) } })); s.write('first'); ${SPIN}`;
  const port = await foreignPeer(t, 'socket.end()');
  const { board } = await bench(t, scripts.silent(), program, { '192.168.1.10': `127.0.0.1:${port}` });
  await board.waitFor('This socket is closed');
  await board.waitFor('close false');
});

test('throws from connect when the port is closed, and no event comes', async (t) => {
  const { board, house } = await bench(
    t,
    scripts.silent(),
    `try { watch(net.connect(target)); log('connected') } catch (e) { log(e.message) }`,
  );
  house.hosts.set('192.168.1.10', 'refused');
  await board.waitFor('Unable to create socket');
  assert.deepEqual(board.attempts(), [{ host: '192.168.1.10', port: 1883, error: 'Unable to create socket' }]);
});

test('throws for a port that nobody listens on, after asking the kernel', async (t) => {
  const { board, house } = await bench(
    t,
    scripts.silent(),
    `try { net.connect(target); log('connected') } catch (e) { log(e.message) }`,
  );
  house.hosts.set('192.168.1.10', '127.0.0.1:1');
  await board.waitFor('Unable to create socket');
  assert.ok(board.console.includes('ERROR: Connect failed (err 104)'));
});

test('throws for a name without an address', async (t) => {
  const { board, house } = await bench(
    t,
    scripts.silent(),
    `try { net.connect({ host: 'nowhere', port: 1 }) } catch (e) { log(e.message) }`,
  );
  house.hosts.set('nowhere', 'unknown');
  await board.waitFor('Unable to locate host');
});

test('without Wi-Fi a connect blocks for 8 s and throws', async (t) => {
  const house = createHouse({ speed: 20 });
  t.after(house.dispose);
  const board = house.board({
    firmware: `try { require('net').connect({ host: '1.2.3.4', port: 1 }) } catch (e) { print(e.message, Math.round(getTime())) }`,
  });
  await board.waitFor('Unable to create socket 8');
});

test('a connect that is not answered holds its own board for 18 s, and no other', async (t) => {
  const { board, house } = await bench(
    t,
    scripts.silent(),
    `setTimeout(() => log('timer', Math.round(getTime() - start)), 1000);
     const start = getTime();
     try { net.connect({ host: 'hole', port: 1 }) } catch (e) { log(e.message, Math.round(getTime() - start)) }`,
  );
  house.hosts.set('hole', 'blackhole');
  const other = house.board({ firmware: `setInterval(() => print('tick'), 1000)` });
  await board.waitFor('Unable to create socket 18');
  const ticksBefore = other.console.length;
  await board.waitFor(/^timer 18/);
  assert.ok(
    other.console.length - ticksBefore >= 10,
    `the other board ticked ${other.console.length - ticksBefore} times meanwhile`,
  );
});

test('a closing peer gives end and close without error, and writes throw', async (t) => {
  const { board } = await bench(
    t,
    (peer) => peer.end(),
    `const s = watch(net.connect(target)); s.on('close', () => { try { s.write('x') } catch (e) { log(e.message) } });`,
  );
  await board.waitFor('This socket is closed');
  assert.deepEqual(board.console.slice(-3), ['end', 'close false', 'This socket is closed']);
});

test('a reset gives end and close without error', async (t) => {
  const { board } = await bench(t, (peer) => peer.reset(), `watch(net.connect(target));`);
  await board.waitFor('close false');
  assert.ok(!board.console.some((line) => line.startsWith('error')));
});

test('a reset with data unsent gives error, end, and close with an error', async (t) => {
  const { board } = await bench(
    t,
    scripts.silent(),
    `const s = watch(net.connect(target)); s.write('x'.repeat(20000)); log('written');`,
  );
  board.faults.stall('fromBoard');
  await board.waitFor('written');
  await board.waitFor('connect');
  board.faults.reset();
  await board.waitFor('close true');
  assert.deepEqual(board.console.slice(-3), ['error -8 unsent data', 'end', 'close true']);
});

test('end sends what is buffered first, and then gives end and close itself', async (t) => {
  const { board, server } = await bench(
    t,
    scripts.silent(),
    `const s = watch(net.connect(target)); s.write('y'.repeat(3000)); s.end();`,
  );
  await board.waitFor('close false');
  await board.waitFor(() => server.peers[0]?.received().length === 3000);
  assert.ok(board.console.indexOf('end') < board.console.indexOf('close false'));
});

test('a socket that is dropped without end stays open, and the tenth is the last', async (t) => {
  const { board, server } = await bench(
    t,
    scripts.silent(),
    `let n = 0; try { for (;;) { net.connect(target); n++ } } catch (e) { log(n, e.message) }`,
  );
  await board.waitFor('10 Unable to create socket');
  assert.equal(board.openSockets(), 10);
  await board.waitFor(() => server.peers.length === 10);
});

test('keeps 512 bytes for a reader that comes late, and more unread', async (t) => {
  const { board } = await bench(
    t,
    (peer) => peer.send('z'.repeat(600)),
    `const s = net.connect(target); setTimeout(() => { log('kept', s.available()); let sum = 0; s.on('data', (d) => { sum += d.length; if (sum === 600) log('got', sum) }) }, 2000);`,
  );
  await board.waitFor('kept 536');
  await board.waitFor('got 600');
});

test('a data handler that throws stays, and the exception goes to the console', async (t) => {
  const chatty: RogueScript = async (peer) => {
    peer.send('one');
    await peer.packet();
    peer.send('two');
  };
  const { board } = await bench(
    t,
    chatty,
    `const s = net.connect(target); s.on('data', (d) => { log(d); s.write('\\xc0\\x00'); throw new Error('boom') });`,
  );
  await board.waitFor('Uncaught Error: boom');
  await board.waitFor('two');
});

test('refuses what the chip refuses as arguments', async (t) => {
  const { board } = await bench(
    t,
    scripts.silent(),
    `for (const args of [[5], [target, 5]]) try { net.connect(args[0], args[1]) } catch (e) { log(e.message) }; log('done')`,
  );
  await board.waitFor('done');
  assert.ok(board.console.some((line) => line.startsWith('Expecting Options')));
  assert.ok(board.console.some((line) => line.startsWith('Expecting Callback')));
});

test('does not spin while a stalled line holds its data', async (t) => {
  const { board } = await bench(t, scripts.silent(), `net.connect(target).write('x'.repeat(20000)); log('written');`);
  board.faults.stall('fromBoard');
  await board.waitFor('written');
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok(process.cpuUsage(before).user < 100_000, 'a tenth of a second of work in a fifth');
});

test('a line that splits every byte delivers single ones', async (t) => {
  const program = `let all = ''; net.connect(target).on('data', (d) => { all += d; log('piece', d.length); if (all === 'hello') log('whole'); });`;
  const { board, server } = await bench(t, scripts.silent(), program);
  board.faults.set({ chunkBytes: 1 });
  await board.waitFor(() => server.peers.length === 1);
  server.peers[0]?.send('hello');
  await board.waitFor('whole');
  assert.equal(board.console.filter((line) => line === 'piece 1').length, 5);
});

test('a dropped line leaves the socket open, in silence, whatever the peer does', async (t) => {
  const { board, server } = await bench(
    t,
    scripts.silent(),
    `const s = watch(net.connect(target)); s.write('hello'); setInterval(() => log('tick'), 1000);`,
  );
  await board.waitFor(() => server.peers[0]?.received() === 'hello');
  board.faults.drop();
  server.peers[0]?.send('lost');
  server.peers[0]?.end();
  for (let tick = 0; tick < 5; tick += 1) await board.waitFor('tick');
  assert.ok(!board.console.some((line) => /^(data|end|close)/.test(line)));
  assert.equal(board.openSockets(), 1);
});
