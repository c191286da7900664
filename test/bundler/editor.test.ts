// The editor: what the chip does not have is red there already, by tsc or by ESLint.

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { interpreter, NO_INTERPRETER, runOnInterpreter } from '../support/interpreter.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILE = path.join(ROOT, 'src', 'backoff.ts');

/** What tsc says of a text in the place of a source file. */
function typeErrors(text: string): string[] {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const { readFile } = host;
  host.readFile = (name) => (path.resolve(name) === FILE ? text : readFile(name));
  const ambient = fileNames.filter((name) => name.endsWith('.d.ts'));
  const program = ts.createProgram([...ambient, FILE], options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(FILE))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** The ESLint rules that the same text breaks. */
async function lintErrors(text: string): Promise<(string | null)[]> {
  const [result] = await new ESLint({ cwd: ROOT }).lintText(text, { filePath: FILE });
  return result!.messages.map(({ ruleId }) => ruleId);
}

describe('the editor', () => {
  it('knows what the firmware uses of the language', () => {
    assert.deepEqual(typeErrors("export const a = Object.assign({}, { b: 'x'.repeat(2) });"), []);
  });

  for (const code of ['new Map()', "Array.from('a')", 'Number.isInteger(1)', '[[1]].flat()']) {
    it(`shows ${code} as a type error`, () => {
      assert.match(String(typeErrors(`export const a = ${code};`)), /Cannot find name|does not exist/);
    });
  }

  it('shows what the chip lacks of ES5 too', async () => {
    for (const code of ['Object.freeze({})', '[1].reduceRight(Math.max)']) {
      assert.deepEqual(await lintErrors(`export const a = ${code};\n`), ['no-restricted-properties'], code);
    }
    assert.deepEqual(await lintErrors('export const a = Object.keys({});\n'), []);
  });

  it('knows nothing beyond ES5 that the chip has not', { skip: !interpreter && NO_INTERPRETER }, async () => {
    const owners: Record<string, string> = { String: '""', ObjectConstructor: 'Object' };
    const declared = ts.sys.readFile(path.join(ROOT, 'src', 'espruino-lib.d.ts'))!;
    const { statements } = ts.createSourceFile('lib.d.ts', declared, ts.ScriptTarget.ES2015);
    const members = statements
      .filter(ts.isInterfaceDeclaration)
      .flatMap(({ name, members: all }) =>
        all.map((member) => `${owners[name.text]}.${(member.name as ts.Identifier).text}`),
      );
    assert.ok(members.length > 0);
    const printed = await runOnInterpreter(members.map((member) => `print(typeof ${member})`).join(';'));
    assert.deepEqual(printed.filter((line) => line === 'function').length, members.length);
  });
});
