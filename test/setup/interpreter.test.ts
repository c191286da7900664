// The set-up mode in the real interpreter: the walk, what it costs, and that nothing is left of it.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBroker } from '../../sim/broker/embedded.ts';
import { freePort } from '../../sim/broker/daemon.ts';
import { interpreter, NO_INTERPRETER } from '../support/interpreter.ts';
import { createInterpreterBench, type BenchOptions } from './interpreterBench.ts';
import { ask, encodeForm, sendRaw } from './rig.ts';

const NEEDED = { skip: !interpreter && NO_INTERPRETER };
const GET = 'GET / HTTP/1.1\r\nHost: 192.168.4.1\r\nUser-Agent: ' + 'x'.repeat(700) + '\r\n\r\n';

/** Wall time in which the number of variables has been printed. */
const SETTLED_MS = 500;

async function bench(t: TestContext, options: Partial<BenchOptions> = {}) {
  const port = await freePort();
  const board = createInterpreterBench({ port, ...options });
  t.after(board.dispose);
  board.powerOn();
  await board.waitFor(/^boot light/);

  const numbers = (word: string): number[] =>
    board.console.flatMap((line) => (line.startsWith(`${word} `) ? Number(line.slice(word.length)) : []));
  return {
    ...{ port, board, numbers },
    /** Variables in use when the interpreter has nothing to do. */
    async used(): Promise<number> {
      await sleep(SETTLED_MS);
      return numbers('USED').at(-1)!;
    },
    get: async () => (await ask(port)).body,
    post: (fields: Record<string, string>) => ask(port, { method: 'POST', body: encodeForm(fields) }),
  };
}

/** Looks at the page until it has a text. */
async function until(get: () => Promise<string>, text: string): Promise<void> {
  const endMs = performance.now() + 20_000;
  for (let page = ''; !page.includes(text); await sleep(100)) {
    page = await get();
    assert.ok(performance.now() < endMs, `${text}: ${page}`);
  }
}

test('a wrong password, then the right one: the light comes up with what was saved', NEEDED, async (t) => {
  const broker = createBroker();
  await broker.start();
  t.after(broker.stop);
  const { board, get, post } = await bench(t, { settings: { topics: ['home/all'] }, speed: 4 });
  await board.waitFor(/^AP light-00ff wpa2 correct horse/);
  await board.waitFor(/^set-up mode: join/);
  await until(get, '&#60;b&#62;&#38;&#34;&#39; (open)');
  const fields = { n: '1', p: 'wrong-password', b: `127.0.0.1:${broker.port}`, l: 'Küche' };
  assert.equal((await post(fields)).status, 303);
  assert.match(await get(), /Trying Home/);
  await until(get, 'the Wi-Fi password is wrong');
  await post({ ...fields, p: 'secret-password' });
  await until(get, 'Saved: the light is 127.0.0.1 in Home.');
  await board.waitFor(/^AP off/, 10_000, board.console.length);
  await board.waitFor(/^restart: set up/);
  await board.waitFor(/^boot light .* as K\xc3\xbcche$/, 10_000, 5);
  await board.waitFor(/^mqtt connected/);
  assert.ok(!board.console.some((line) => /uncaught|error/i.test(line)), board.console.join('\n'));
});

test('variables while a page is written, and none more after a hundred requests', NEEDED, async (t) => {
  const { board, port, used, numbers } = await bench(t, { speed: 10 });
  await board.waitFor(/^set-up mode: join/);
  await sleep(500);
  await sendRaw(port, [GET]);
  const before = await used();
  for (let count = 0; count < 100; count += 1) assert.match(await sendRaw(port, [GET]), /200 OK/);
  await Promise.all(Array.from({ length: 8 }, () => sendRaw(port, [GET.slice(0, 500), GET.slice(500)], 20)));
  const after = await used();
  const peak = Math.max(...numbers('WRITES'));
  t.diagnostic(`${before} variables idle, ${peak} at most while a page is written`);
  assert.equal(after, before);
  assert.ok(peak - before < 2_000, `${peak - before} variables`);
});

/** Prototypes of `Server` and `Socket`, and lists of the interpreter's own, which it keeps once they were used. */
const KEPT_BY_INTERPRETER = 25;

test('after 15 minutes no variable is left of it', NEEDED, async (t) => {
  const plain = await bench(t, { files: {}, speed: 500 });
  const without = await plain.used();
  const { board, used, port, numbers } = await bench(t, { speed: 500 });
  await board.waitFor(/^set-up mode: join/);
  await sendRaw(port, [GET]);
  await board.waitFor(/^set-up mode is over/, 20_000);
  t.diagnostic(`${Math.max(...numbers('USED'))} variables while it is open`);
  const left = (await used()) - without;
  assert.ok(left <= KEPT_BY_INTERPRETER, `${left} variables`);
});
