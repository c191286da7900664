// Wrong calls of each tool: one line, and an exit code that is not 0.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { runBench } from '../../bench/run.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { runMonitor, type MonitorHost } from '../../tools/flash/monitor.ts';
import { runSimulation } from '../../tools/simulate/run.ts';
import { file, flash, SETTINGS_ARGV } from '../support/flashing.ts';

type Tool = (argv: string[]) => Promise<{ code: number; output: string }>;

/** Runs a tool, and keeps what it prints. */
const runs =
  (tool: (argv: string[], host: MonitorHost & { progress(text: string): void }) => Promise<number>): Tool =>
  async (argv) => {
    let output = '';
    const write = (text: string) => void (output += text);
    const code = await tool(argv, { write, progress: write, isTerminal: false, signal: new AbortController().signal });
    return { code, output };
  };

const TOOLS: Record<string, Tool> = {
  flash,
  monitor: runs(runMonitor),
  simulate: runs(runSimulation),
  bench: runs(runBench),
};

type Wrong = [tool: string, argv: string[], words: RegExp];

const ANY = file('any.js', ';');

const WRONG: Wrong[] = [
  ...Object.keys(TOOLS).flatMap((tool): Wrong[] => [
    [tool, ['--nonsense'], /Unknown option '--nonsense' \(see --help\)/],
    [tool, ['stray'], /a word without a flag: put values with spaces in quotes \(see --help\)/],
    [tool, ['--help=3'], /does not take an argument \(see --help\)/],
  ]),
  ['flash', ['--port'], /argument missing/],
  ['flash', ['--port', ''], /--port wants a serial port, or tcp:/],
  ['flash', ['--baud', 'fast'], /--baud wants a whole number from 300 to 5000000/],
  ['flash', ['--baud', '99999999999'], /--baud wants/],
  ['flash', ['--bundle', '/', '--port', 'x', ...SETTINGS_ARGV], /\/ cannot be read/],
  ['flash', ['--config', '/'], /cannot read \/ \(EISDIR\)/],
  ...['tcp://', 'tcp://a', 'tcp://a:0', 'tcp://a:65536'].map((port): Wrong => {
    return ['flash', ['--port', port, '--bundle', ANY, ...SETTINGS_ARGV], /: write it as tcp:\/\/HOST:PORT/];
  }),
  ['monitor', ['--port', ''], /--port wants/],
  ['monitor', ['--baud', 'fast', '--port', 'x'], /--baud wants/],
  ['monitor', ['--port', 'tcp://a:65536'], /write it as/],
  ['simulate', ['--nodes'], /argument missing/],
  ['simulate', ['--nodes', '-1'], /ambiguous/],
  ['simulate', ['--nodes', '2.5'], /--nodes wants a whole number from 1 to 1000/],
  ['simulate', ['--port', '65536'], /--port wants a whole number from 1 to 65535/],
  ['simulate', ['--broker', '::1'], /--broker wants HOST or HOST:PORT/],
  ['simulate', ['--broker', 'a:0'], /--broker: the port wants/],
  ['simulate', ['--broker', 'a', '--port', '1'], /leave out --port or --broker/],
  ['bench', ['--only', 'speed'], /--only speed is unknown; choose from latency, /],
  ['bench', ['--firmware', '/'], /cannot read \/ \(EISDIR\)/],
];

for (const [tool, argv, words] of WRONG)
  test(`refuses in one line: ${tool} ${argv.join(' ')}`, async () => {
    const { code, output } = await TOOLS[tool]!(argv);
    assert.equal(code, tool === 'bench' && argv[0] === '--firmware' ? 1 : EXIT.badArguments);
    assert.match(output, /^.+\n$/);
    assert.match(output, words);
  });

test('explains itself when asked', async () => {
  for (const [name, tool] of Object.entries(TOOLS)) {
    const { code, output } = await tool(['-h']);
    assert.equal(code, EXIT.ok);
    assert.match(output, name === 'simulate' ? /npm start/ : new RegExp(`npm run ${name}`));
  }
});

test('the simulation says that its port is busy, and what to do', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, output } = await TOOLS['simulate']!(['--port', String(port)]);
  server.close();
  assert.equal(code, 1);
  assert.match(output, new RegExp(`^simulate: port ${port} is busy: choose another with --port, .*\n$`));
});
