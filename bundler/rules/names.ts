// Names that are taken or missing, and values that change while they are read.

import type { SourceCode } from 'eslint';
import { MISSING_METHODS, STATICS } from '../globals.ts';
import { all, below, nameOf, referencesOf, variablesOf, type Find, type Node, type NodeOf } from './code.ts';

/** Methods and functions of the language that change no variable, unless a function they are given does. */
const PURE =
  /^(abs|charAt|charCodeAt|concat|every|filter|floor|fromCharCode|includes|indexOf|join|map|max|min|parseInt|pow|reduce|repeat|replace|round|slice|some|split|stringify|substr|substring|toFixed|toLowerCase|toString|toUpperCase|trim|Number|String)$/;

/** Finds declarations of names. */
export const declared =
  (test: (name: string) => boolean): Find =>
  (source) =>
    variablesOf(source).flatMap(({ name, defs: [def] }) => (def && test(name) ? def.name : []));

/** Finds super.method() where the text does not show that there are two levels of classes at most. */
export function findSuper(source: SourceCode): Node[] {
  const derived = all(source, 'ClassDeclaration', 'ClassExpression').filter((node) => node.superClass);
  return derived.length < 2 ? [] : all(source, 'Super').filter(({ parent }) => parent.type === 'MemberExpression');
}

/** Finds calls of methods that no object has, not even one of the bundle's own; lastIndexOf() only strings have. */
export function findMissingMethods(source: SourceCode): Node[] {
  const keys = all(source, 'Property', 'MethodDefinition').map(({ key }) => key);
  const assigned = all(source, 'AssignmentExpression').flatMap(({ left }) => ('property' in left ? left.property : []));
  const own = new Set([...keys, ...assigned].map(nameOf));
  return all(source, 'MemberExpression').filter(({ parent, object, property, computed }) => {
    const name = nameOf(property);
    if (computed || parent.type !== 'CallExpression' || nameOf(object) in STATICS || own.has(name)) return false;
    const isText = object.type === 'Literal' && typeof object.value === 'string';
    return MISSING_METHODS.has(name) || (name === 'lastIndexOf' && !isText);
  });
}

/** Finds `x op= …` where the right side may change x. */
export const findCompound = (source: SourceCode): Node[] =>
  all(source, 'AssignmentExpression').filter(({ operator, left, right }) => {
    if (operator === '=') return false;
    const run = [...below(source, right)];
    const written = run.map((node) => ('left' in node ? node.left : node.type === 'UpdateExpression' && node.argument));
    if (written.some((node) => node && source.getText(node) === source.getText(left))) return true;
    return run.some(callsOwnCode) && !isPrivate(source, left);
  });

function callsOwnCode(node: Node): boolean {
  if (node.type !== 'CallExpression') return node.type === 'NewExpression';
  const { callee } = node as NodeOf<'CallExpression'>;
  return !PURE.test(nameOf(callee.type === 'MemberExpression' && !callee.computed ? callee.property : callee));
}

/** Whether a variable is written only by the function that declares it, so that no call can change it. */
function isPrivate(source: SourceCode, node: object): boolean {
  const variable = referencesOf(source).find(({ identifier }) => identifier === node)?.resolved;
  const owner = variable?.scope.variableScope;
  if (!owner || owner.type === 'global') return false;
  return variable.references.every((use) => !use.isWrite() || use.from.variableScope === owner);
}
