// Gives every variable a name of its own, so that code can be moved without being understood differently.

import { isChipGlobal } from '../globals.mjs';

/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('./text.mjs').Edit} Edit */
/** @typedef {import('acorn').Identifier} Identifier */

/**
 * Renames what shares its name with another variable or with a global.
 * @param {Tree} tree
 * @returns {Edit[][]} a group for each variable
 */
export function separateNames(tree) {
  const taken = new Set(tree.references.filter(({ binding }) => !binding).map(({ node }) => node.name));
  return tree.scopes
    .flatMap((scope) => [...scope.bindings.values()])
    .flatMap((binding) => {
      const name = freeName(binding.name, taken);
      taken.add(name);
      if (name === binding.name) return [];
      const places = [binding.node, ...binding.references.map(({ node }) => node)];
      return [places.map((place) => renamed(tree, place, name))];
    });
}

/**
 * The edit that writes another expression in the place of a variable's name.
 * @param {Tree} tree
 * @param {Identifier} node
 * @param {string} expression
 * @returns {Edit}
 */
export function renamed(tree, node, expression) {
  const parent = tree.parentOf(node);
  const isShorthand = parent?.type === 'Property' && parent.shorthand;
  return { start: node.start, end: node.end, parts: [isShorthand ? `${node.name}: ${expression}` : expression] };
}

/**
 * @param {string} name
 * @param {Set<string>} taken
 */
function freeName(name, taken) {
  let free = name;
  for (let number = 2; taken.has(free) || isChipGlobal(free); number++) free = `${name}$${number}`;
  return free;
}

/** What a variable was called before it was given a name of its own. @param {string} name */
export function originalName(name) {
  return name.replace(/\$\d+$/, '');
}

/**
 * Whether a name is declared twice in one scope, which `var` and `function` allow.
 * @param {Tree} tree
 */
export function declaresTwice(tree) {
  const known = new Set(tree.scopes.flatMap(({ bindings }) => [...bindings.values()]).map(({ node }) => node));
  const declared = [...tree.all('VariableDeclarator'), ...tree.all('FunctionDeclaration')].map(({ id }) => id);
  return declared.some((id) => id?.type === 'Identifier' && !known.has(id));
}
