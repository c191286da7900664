// Takes objects apart that are never handed out whole: each property becomes a variable, and methods become functions.

import { isFunction } from '../nodes.mjs';
import { asksCaller, bindingsOf, isBuiltin, isConstant, isPlain, isTarget } from './facts.mjs';

/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../scopes.mjs').Binding} Binding */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('./text.mjs').Edit} Edit */
/** @typedef {import('./text.mjs').Part} Part */
/** @typedef {import('acorn').Identifier} Identifier */
/** @typedef {import('acorn').MemberExpression} MemberExpression */
/** @typedef {import('acorn').Property} Property */

/**
 * `const o = { a: b, f: function () {…} }; o.f(o.a);` becomes `const o_a = b; function o_f() {…} o_f(o_a);`.
 * @param {Tree} tree
 * @returns {Edit[][]}
 */
export function takeObjectsApart(tree) {
  const taken = new Set([...bindingsOf(tree), ...tree.references.map(({ node }) => node)].map(({ name }) => name));
  return bindingsOf(tree).flatMap((binding) => {
    const statement = statementOf(tree, binding);
    const properties = statement && propertiesOf(binding.value);
    const uses = properties && usesOf(tree, binding);
    if (!uses || !uses.every((use) => canReplace(tree, use, properties))) return [];
    const names = new Map([...properties.keys()].map((key) => [key, nameFor(`${binding.name}_${key}`, taken)]));
    const declared = [...properties].flatMap(([key, value]) =>
      declaration(
        /** @type {string} */ (names.get(key)),
        value,
        uses.some((use) => keyOf(use) === key && isTarget(tree, use)),
      ),
    );
    const edits = uses.map((use) => ({
      start: use.start,
      end: use.end,
      parts: [names.get(keyOf(use)) ?? 'undefined'],
    }));
    return [[{ start: statement.start, end: statement.end, parts: declared }, ...edits]];
  });
}

/**
 * The statement that only declares this object, where a function declaration may stand.
 * @param {Tree} tree
 * @param {Binding} binding
 */
function statementOf(tree, { node, scope, writtenIn }) {
  const statement = tree.ancestorsOf(node)[1];
  const isAlone = statement?.type === 'VariableDeclaration' && statement.declarations.length === 1;
  return isAlone && scope === writtenIn && (scope.kind === 'program' || scope.kind === 'function')
    ? statement
    : undefined;
}

/**
 * @param {Node | undefined} value
 * @returns {Map<string, Node> | undefined} undefined where it is no object whose properties are all written out
 */
function propertiesOf(value) {
  if (value?.type !== 'ObjectExpression') return undefined;
  /** @type {Map<string, Node>} */
  const properties = new Map();
  for (const property of value.properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') return undefined;
    const { key } = property;
    if (key.type !== 'Identifier' || key.name === '__proto__' || properties.has(key.name)) return undefined;
    properties.set(key.name, property.value);
  }
  return properties;
}

/**
 * @param {Tree} tree
 * @param {Binding} binding
 * @returns {MemberExpression[] | undefined} undefined where the object is used for more than one of its properties at a time
 */
function usesOf(tree, { references }) {
  const uses = references.map(({ node }) => tree.parentOf(node));
  const isMember = uses.every(
    (use, index) => use?.type === 'MemberExpression' && !use.computed && use.object === references[index]?.node,
  );
  return isMember ? /** @type {MemberExpression[]} */ (uses) : undefined;
}

/** @param {MemberExpression} use */
function keyOf({ property }) {
  return /** @type {Identifier} */ (property).name;
}

/**
 * @param {Tree} tree
 * @param {MemberExpression} use
 * @param {Map<string, Node>} properties
 */
function canReplace(tree, use, properties) {
  const parent = tree.parentOf(use);
  const value = properties.get(keyOf(use));
  if (parent?.type === 'UnaryExpression' && parent.operator === 'delete') return false;
  if (!value) return !isTarget(tree, use) && !(keyOf(use) in {});
  if (parent?.type !== 'CallExpression' || parent.callee !== use) return true;
  return isBuiltin(tree, value) || isUnbound(tree, value);
}

/**
 * Whether a value is a function that does not ask for the object it is called on.
 * @param {Tree} tree
 * @param {Node} value
 */
function isUnbound(tree, value) {
  const binding = value.type === 'Identifier' ? tree.referenceAt(value)?.binding : undefined;
  const made = binding && isConstant(binding) ? binding.value : value;
  return isFunction(made) && !asksCaller(made.body);
}

/**
 * @param {string} name
 * @param {Node} value
 * @param {boolean} changes
 * @returns {Part[]}
 */
function declaration(name, value, changes) {
  if (value.type !== 'FunctionExpression' || changes || value.id || !isPlain(value)) {
    return [`${changes ? 'let' : 'const'} ${name} = `, value, ';\n'];
  }
  const [first] = value.params;
  return [
    `function ${name}(`,
    { start: (first ?? value.body).start, end: value.params.at(-1)?.end ?? value.body.start },
    ') ',
    value.body,
    '\n',
  ];
}

/**
 * @param {string} wanted
 * @param {Set<string>} taken
 */
function nameFor(wanted, taken) {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}$${number}`;
  taken.add(name);
  return name;
}
