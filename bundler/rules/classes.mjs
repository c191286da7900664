// Classes work on the chip in their simplest form only.

/** @typedef {import('../guard.mjs').Rule} Rule */
/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('acorn').Class | import('acorn').AnonymousClassDeclaration} ClassNode */

/** @type {readonly Rule[]} */
export const CLASS_RULES = [
  {
    name: 'extends-expression',
    why: 'extends takes a plain name only',
    instead: 'give the base class a name, or write a factory function',
    check: (tree) =>
      derived(tree)
        .filter(({ base }) => base.type !== 'Identifier')
        .map(({ base }) => ({ at: base })),
  },
  {
    name: 'extends-builtin',
    why: 'a class that extends Error or another class of the chip does not get its constructor or its methods',
    instead: 'throw a plain Error, or hold the object in a member',
    check: (tree) =>
      derived(tree)
        .filter(({ base }) => base.type === 'Identifier' && !tree.referenceAt(base)?.binding)
        .map(({ base }) => ({ at: base })),
  },
  {
    name: 'super-chain',
    why: 'super.method() over more than two levels of classes calls itself until the stack is full',
    instead: 'write factory functions',
    check: (tree) =>
      derived(tree)
        .map(({ node }) => ({ node, line: [node, ...basesOf(tree, node)] }))
        .filter(({ line }) => line.length > 2 && line.some((one) => callsSuperMethod(tree, one)))
        .map(({ node }) => ({ at: node })),
  },
  {
    name: 'static-inheritance',
    why: 'a class does not inherit the static members of its base',
    instead: 'write a plain function beside the class',
    check: (tree) =>
      derived(tree)
        .filter(({ node }) => basesOf(tree, node).some(hasStatics))
        .map(({ node }) => ({ at: node })),
  },
  {
    name: 'class-field',
    why: 'a field of a class is one value for all its objects, made before any of them; older boards refuse it',
    instead: 'set it in the constructor',
    check: (tree) => tree.all('PropertyDefinition', 'StaticBlock').map((at) => ({ at })),
  },
  {
    name: 'class-name',
    why: 'the name of a class expression is not known inside the class',
    instead: 'declare the class',
    check: (tree) =>
      tree.scopes
        .filter((scope) => scope.kind === 'class')
        .flatMap((scope) => [...scope.bindings.values()])
        .flatMap((binding) => binding.references.map(({ node }) => ({ at: node, subject: node.name }))),
  },
];

/** @param {Tree} tree */
function derived(tree) {
  return tree
    .all('ClassDeclaration', 'ClassExpression')
    .flatMap((node) => (node.superClass ? [{ node, base: node.superClass }] : []));
}

/**
 * The classes above a class, nearest first, as far as they are in the bundle.
 * @param {Tree} tree
 * @param {ClassNode} node
 * @returns {ClassNode[]}
 */
function basesOf(tree, node) {
  const base = node.superClass && tree.referenceAt(node.superClass)?.binding?.value;
  if (base?.type !== 'ClassDeclaration' && base?.type !== 'ClassExpression') return [];
  return base === node ? [] : [base, ...basesOf(tree, base)];
}

/** @param {ClassNode} node */
function hasStatics({ body }) {
  return body.body.some((member) => member.type === 'StaticBlock' || member.static);
}

/**
 * @param {Tree} tree
 * @param {ClassNode} node
 */
function callsSuperMethod(tree, node) {
  return tree
    .all('MemberExpression')
    .some((member) => member.object.type === 'Super' && member.start > node.start && member.end < node.end);
}
