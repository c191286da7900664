// The measurements' pure parts: figures, tables, the command line, and the broker that accepts everything.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { generate, parser as mqttParser } from 'mqtt-packet';
import { HELP, parseArguments, SECTIONS } from '../../bench/arguments.ts';
import { COST_COLUMNS } from '../../bench/costs.ts';
import { createCounter } from '../../bench/counter.ts';
import { createLab, type Lab } from '../../bench/lab.ts';
import { runBench } from '../../bench/run.ts';
import { missingPrograms, programsOf } from '../../bench/programs.ts';
import { median, quantile } from '../../bench/statistics.ts';
import { formatTable, type Table } from '../../bench/table.ts';
import { answerTo } from '../../bench/acceptingBroker.ts';
import { createRogueBroker, packets } from '../../sim/broker/rogue.ts';
import { createHouse } from '../../sim/house.ts';
import { FIRMWARE } from '../support/firmware.ts';

describe('statistics', () => {
  test('the median is the middle sample, whatever their order', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([100]), 100);
  });
  test('of an even number of samples it is the mean of the two in the middle', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });
  test('numbers are sorted as numbers', () => {
    assert.equal(median([10, 9, 100]), 10);
  });
  test('a quantile lies between its neighbours', () => {
    assert.equal(quantile([0, 10, 20], 0.95), 19);
    assert.equal(quantile([3, 1, 2], 0), 1);
    assert.equal(quantile([3, 1, 2], 1), 3);
  });
  test('the samples stay as they are', () => {
    const samples = [3, 1, 2];
    median(samples);
    assert.deepEqual(samples, [3, 1, 2]);
  });
  test('no samples have no median', () => {
    assert.throws(() => median([]), /no samples/);
  });
});

describe('a table', () => {
  const table: Table = {
    title: 'Speed',
    method: ['By hand.'],
    columns: [
      { key: 'light', label: 'light' },
      { key: 'ms', label: 'ms', digits: 2 },
      { key: 'rate', label: 'a second' },
    ],
    rows: [
      { light: 'virtual board', ms: 0.5, rate: 12_345.6 },
      { light: 'interpreter', ms: 12.345, rate: undefined },
    ],
    notes: ['mosquitto left out'],
  };

  test('has text to the left and numbers to the right', () => {
    assert.equal(
      formatTable(table),
      [
        'Speed',
        '  By hand.',
        'light             ms  a second',
        '-------------  -----  --------',
        'virtual board   0.50    12,346',
        'interpreter    12.35         -',
        '! mosquitto left out',
        '',
      ].join('\n'),
    );
  });
  test('without rows shows why it has none', () => {
    assert.equal(formatTable({ ...table, rows: [] }), 'Speed\n! mosquitto left out\n');
  });
  test('aligns text among numbers with them', () => {
    const text = formatTable({ ...table, rows: [{ ms: 100 }, { ms: '2.5' }], notes: [] });
    assert.match(text, /^-\s+100\.00 .*\n-\s+2\.5 /m);
  });
});

describe('the command line', () => {
  test('without options measures everything', () => {
    assert.deepEqual(parseArguments([]), {
      sections: [...SECTIONS],
      isQuick: false,
      isJson: false,
      firmware: undefined,
      tinyMqtt: undefined,
      mqttModule: undefined,
    });
  });
  test('--only keeps the order of the tables', () => {
    assert.deepEqual(parseArguments(['--only', 'growth', '--only=latency'])?.sections, ['latency', 'growth']);
  });
  test('knows how, and what', () => {
    const options = parseArguments(['--quick', '--json', '--firmware', 'other.js', '--tinymqtt', 'tinyMQTT.js']);
    const { isQuick, isJson, firmware, tinyMqtt } = options ?? {};
    assert.deepEqual([isQuick, isJson, firmware, tinyMqtt], [true, true, 'other.js', 'tinyMQTT.js']);
    assert.equal(parseArguments(['--mqtt-module', 'MQTT.js'])?.mqttModule, 'MQTT.js');
  });
  test('--help is all that counts', () => {
    assert.equal(parseArguments(['--quick', '--help']), undefined);
  });
  test('the help names each option and each section', () => {
    for (const word of [
      '--quick',
      '--only',
      '--firmware',
      '--tinymqtt',
      '--mqtt-module',
      '--json',
      '--help',
      ...SECTIONS,
    ]) {
      assert.ok(HELP.includes(word), word);
    }
  });
});

describe('a run', () => {
  async function run(argv: string[], signal = new AbortController().signal) {
    let out = '';
    let progress = '';
    const exitCode = await runBench(argv, {
      write: (text) => (out += text),
      progress: (text) => (progress += text),
      signal,
    });
    return { exitCode, out, progress };
  }

  test('names the module that it cannot read, with exit code 1', async () => {
    const { exitCode, progress } = await run(['--tinymqtt', '/nowhere/tinyMQTT.js']);
    assert.equal(exitCode, 1);
    assert.match(progress, /^bench: cannot read \/nowhere\/tinyMQTT\.js \(ENOENT\): .*\n$/);
  });
  test('that is interrupted ends with exit code 130', async () => {
    const { exitCode } = await run(['--only', 'costs'], AbortSignal.abort());
    assert.equal(exitCode, 130);
  });
});

describe('the lab', () => {
  const createEmptyLab = () => createLab({ firmware: '', tinyMqtt: undefined, isQuick: true, progress: () => {} });

  test('clears what is in use, the last one first, once', async () => {
    const lab = createEmptyLab();
    const gone: string[] = [];
    for (const name of ['broker', 'board']) lab.use({ dispose: () => void gone.push(name) });
    await lab.clear();
    await lab.clear();
    assert.deepEqual(gone, ['board', 'broker']);
  });
  test('once closed ends what comes too late', async () => {
    const lab = createEmptyLab();
    await lab.close();
    let isGone = false;
    assert.throws(() => lab.use({ dispose: () => void (isGone = true) }), /closed/);
    assert.ok(isGone);
  });
});

test('a counter gives what has happened since the last question', async () => {
  const counter = createCounter('tick');
  counter.add();
  counter.add();
  assert.equal((await counter.next()).count, 2);
  const next = counter.next();
  counter.add();
  assert.equal((await next).count, 1);
});

describe('the programs that are compared', () => {
  const lab = { ...createLab({ firmware: 'ours', tinyMqtt: undefined, isQuick: true, progress: () => {} }) };
  const names = (modules: object): string[] => programsOf({ ...lab, ...modules }).map(({ name }) => name);

  test('without modules of others are ours and the bare socket light, and a line says what to name', () => {
    assert.deepEqual(names({}), ['this light', 'bare socket light']);
    const notes = missingPrograms(lab).join('\n');
    assert.match(notes, /--mqtt-module FILE\n.*--tinymqtt FILE$/);
  });
  test('hold the modules that are named', () => {
    assert.deepEqual(names({ tinyMqtt: '', mqttModule: '' }).slice(1, 3), ['MQTT module light', 'tinyMQTT light']);
    assert.deepEqual(missingPrograms({ ...lab, tinyMqtt: '', mqttModule: '' }), []);
    assert.match(programsOf({ ...lab, mqttModule: 'TEXT' })[1]?.text(7) ?? '', /TEXT[^]*port:7/);
  });
});

test('our light subscribes to as many filters as the costs are measured with', async (t) => {
  const rogue = createRogueBroker(async (peer) => {
    await peer.packet();
    peer.send(packets.connack());
  });
  const house = createHouse();
  t.after(() => Promise.all([house.dispose(), rogue.stop()]));
  house.hosts.set('broker', `127.0.0.1:${await rogue.start()}`);
  house.board({
    firmware: FIRMWARE,
    config: { wifi: { ssid: 'Home', password: 'secret-password' }, broker: 'broker' },
  });
  const filters = await new Promise<number>((resolve) => {
    const parser = mqttParser();
    parser.on('packet', (packet) => packet.cmd === 'subscribe' && resolve(packet.subscriptions.length));
    let read = 0;
    const timer = setInterval(() => {
      const received = rogue.peers[0]?.received() ?? '';
      parser.parse(Buffer.from(received.slice(read), 'latin1'));
      read = received.length;
    }, 10);
    t.after(() => clearInterval(timer));
  });
  assert.equal(programsOf({ firmware: '' } as Lab)[0]!.filters, filters);
});

test('docs/development.md has the costs as one table, with the columns of the bench', () => {
  const page = readFileSync(new URL('../../docs/development.md', import.meta.url), 'utf8');
  const [, figures = ''] = /<!-- figures -->([^]*?)<!-- \/figures -->/.exec(page) ?? [];
  const lines = figures.trim().split('\n');
  const cells = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  assert.deepEqual(
    cells[0],
    COST_COLUMNS.map(({ label }) => label),
  );
  assert.ok(cells.length >= 4 && cells.every(({ length }) => length === COST_COLUMNS.length), figures);
  assert.equal(cells[2]?.[0], 'this light');
});

describe('the broker that accepts everything', () => {
  const bytes = (packet: Parameters<typeof generate>[0]): string => generate(packet).toString('latin1');
  const topic = (length: number): string => 't'.repeat(length);

  test('grants QoS 1 to each filter of a SUBSCRIBE, however long that is', () => {
    for (const lengths of [[1], [5, 10, 3], [100, 100, 20_000]]) {
      const subscriptions = lengths.map((length) => ({ topic: topic(length), qos: 1 as const }));
      const answer = answerTo(bytes({ cmd: 'subscribe', messageId: 513, subscriptions }));
      const expected = bytes({ cmd: 'suback', messageId: 513, granted: lengths.map(() => 1) });
      assert.equal(answer, expected);
    }
  });
  test('answers CONNECT and PINGREQ, and nothing else', () => {
    assert.equal(answerTo('\x10\x00'), '\x20\x02\x00\x00');
    assert.equal(answerTo(bytes({ cmd: 'pingreq' })), bytes({ cmd: 'pingresp' }));
    assert.equal(answerTo(bytes({ cmd: 'puback', messageId: 1 })), '');
  });
});
