// The documentation is true where a program can tell: no dead links, no stale tables, a short README.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EXITS as FLASH_EXITS } from '../../tools/flash/exits.ts';
import { EXITS as FLEET_EXITS } from '../../tools/fleet/exits.ts';
import { EXITS as UPDATE_EXITS } from '../../tools/update/exits.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(path.join(ROOT, 'docs')).filter(isPage).map(inDocs)];

const MAX_README_LINES = 150;
const MAX_DEMO_BYTES = 30_000;
const MAX_PICTURE_BYTES = 60_000;

function isPage(file: string): boolean {
  return file.endsWith('.md');
}

function inDocs(file: string): string {
  return `docs/${file}`;
}

/** What is left without blocks of code; these may hold anything. */
const withoutBlocks = (page: string): string => page.replace(/^( *)```[^]*?^\1```$/gm, '');

/** Anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => {
    const slug = heading!
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replace(/ /g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count > 0 ? `${slug}-${count}` : slug;
  });
}

/** Targets of links and pictures. Links in `code` are none. */
function links(page: string): string[] {
  const text = withoutBlocks(page).replace(/`[^`\n]*`/g, 'code');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
}

/** The targets that lead nowhere. */
function deadLinks(file: string, page: string): string[] {
  return links(page).filter((target) => {
    if (/^https:\/\//.test(target)) return false;
    const [place, anchor] = target.split('#');
    const linked = place ? path.posix.join(path.posix.dirname(file), place) : file;
    if (!existsSync(path.join(ROOT, linked))) return true;
    return anchor !== undefined && !anchors(linked === file ? page : read(linked)).includes(anchor);
  });
}

/** The cells of the table rows below a heading. */
function rows(page: string, heading: string): string[][] {
  const section = page.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('finds the links and anchors that are dead', () => {
  const page =
    '# A `b`, c\n\n## A\n\n## A\n\n[x](#a-b-c) [x](#a-1) [x](#a-2) [x](README.md#limits) [x](gone.md) `[x](code)`\n';
  assert.deepEqual(deadLinks('CONTRIBUTING.md', page), ['#a-2', 'gone.md']);
});

for (const file of PAGES) {
  test(`${file} has no dead links`, () => {
    assert.deepEqual(deadLinks(file, read(file)), []);
  });

  test(`${file} names files and folders that exist`, () => {
    const names = [...read(file).matchAll(/`((?:src|settings|bundler|sim|tools|bench|test|docs)\/[\w./-]*)`/g)];
    assert.deepEqual(
      names.map(([, name]) => name!).filter((name) => !existsSync(path.join(ROOT, name))),
      [],
    );
  });
}

test('the README is short, and links to every page of docs/', () => {
  const readme = read('README.md');
  assert.ok(readme.trimEnd().split('\n').length <= MAX_README_LINES);
  const linked = links(readme).map((target) => target.split('#')[0]);
  assert.deepEqual(
    PAGES.slice(1).filter((page) => !linked.includes(page)),
    [],
  );
});

test('the animation is small and holds no script', () => {
  const picture = path.join(ROOT, 'docs/demo.svg');
  assert.ok(statSync(picture).size < MAX_DEMO_BYTES);
  assert.doesNotMatch(readFileSync(picture, 'utf8'), /<script|\son\w+=|href/i);
});

const EXIT_TABLES = {
  'docs/flashing.md': FLASH_EXITS,
  'docs/updating.md': UPDATE_EXITS,
  'docs/fleet.md': FLEET_EXITS,
};

for (const [file, exits] of Object.entries(EXIT_TABLES)) {
  test(`${file} shows the exit codes of its tool, in its words`, () => {
    const shown = rows(read(file), 'Exit codes').map(([code, meaning]) => [Number(code), meaning]);
    assert.deepEqual(shown, Object.values(exits));
  });
}

test('the pictures of the fleet are small and hold no script', () => {
  for (const file of readdirSync(path.join(ROOT, 'docs/fleet'))) {
    assert.ok(statSync(path.join(ROOT, 'docs/fleet', file)).size < MAX_PICTURE_BYTES, file);
    if (file.endsWith('.svg')) assert.doesNotMatch(read(`docs/fleet/${file}`), /<script|\son\w+=|href/i);
  }
});

test('docs/development.md shows the npm scripts, and no page names others', () => {
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
  const table = rows(read('docs/development.md'), 'Development').join('\n');
  assert.deepEqual(
    scripts.filter((name) => !new RegExp(`\`(npm (run )?)?${name}\``).test(table)),
    [],
  );
  const named = PAGES.flatMap((file) => [...read(file).matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)]);
  assert.deepEqual(
    named.map(([, name]) => name!).filter((name) => !scripts.includes(name)),
    [],
  );
});
