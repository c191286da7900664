// Syntax of ES2015 and later that the chip's parser does not know.

/** @typedef {import('../guard.mjs').Rule} Rule */
/** @typedef {import('../guard.mjs').Finding} Finding */
/** @typedef {import('../nodes.mjs').Node} Node */

/**
 * A rule that refuses every node of some types, or those of them that `test` picks.
 * @template {import('../nodes.mjs').NodeType} T
 * @param {string} name
 * @param {{ types: T[], test?: (node: import('../nodes.mjs').NodeOf<T>) => unknown, why: string, instead: string }} details
 * @returns {Rule}
 */
function refuse(name, { types, test = () => true, why, instead }) {
  return {
    name,
    why,
    instead,
    check: (tree) =>
      tree
        .all(...types)
        .filter(test)
        .map((at) => ({ at })),
  };
}

const FUNCTIONS = /** @type {('FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression')[]} */ ([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

/** @param {Node} node */
const isSimple = (node) => node.type === 'Identifier' || (node.type === 'MemberExpression' && !node.computed);

/** @type {readonly Rule[]} */
export const SYNTAX_RULES = [
  refuse('async', {
    types: FUNCTIONS,
    test: (node) => node.async,
    why: 'async functions are a syntax error',
    instead: 'use callbacks, or a Promise and then()',
  }),
  refuse('generator', {
    types: FUNCTIONS,
    test: (node) => node.generator,
    why: 'generators are a syntax error',
    instead: 'return an array, or call a function for each value',
  }),
  refuse('destructuring', {
    types: ['ObjectPattern', 'ArrayPattern'],
    why: 'destructuring is a syntax error',
    instead: 'read the members one by one',
  }),
  refuse('default-parameter', {
    types: ['AssignmentPattern'],
    why: 'default values of parameters are a syntax error',
    instead: 'test for undefined in the body',
  }),
  refuse('rest-parameter', {
    types: ['RestElement'],
    why: 'rest parameters are a syntax error',
    instead: 'take an array, or read `arguments` in a function (not in an arrow)',
  }),
  refuse('spread', {
    types: ['SpreadElement'],
    why: 'spread is a syntax error',
    instead: 'use concat(), apply() or Object.assign()',
  }),
  refuse('label', {
    types: ['LabeledStatement'],
    why: 'labels are a syntax error',
    instead: 'move the loops to a function and return from it',
  }),
  refuse('computed-key', {
    types: ['Property', 'MethodDefinition', 'PropertyDefinition'],
    test: (node) => node.computed,
    why: 'computed keys are a syntax error',
    instead: 'assign obj[key] after the literal',
  }),
  refuse('private-name', {
    types: ['PrivateIdentifier'],
    why: 'private names are a syntax error',
    instead: 'keep the value in a closure',
  }),
  refuse('tagged-template', {
    types: ['TaggedTemplateExpression'],
    why: 'tagged templates are a syntax error',
    instead: 'call the function with plain arguments',
  }),
  refuse('template', {
    types: ['TemplateLiteral'],
    test: (node) => !node.expressions.every(isSimple) || node.quasis.some((quasi) => /\$/.test(quasi.value.raw)),
    why: 'the chip counts braces in a template without regard to strings, and evaluates what it finds at run time',
    instead: 'join the parts with +',
  }),
  refuse('optional-chain', {
    types: ['ChainExpression'],
    why: '?. is a syntax error',
    instead: 'write a && a.b (esbuild does so)',
  }),
  refuse('logical-assignment', {
    types: ['AssignmentExpression'],
    test: (node) => /^(\?\?|\|\||&&|\*\*)=$/.test(node.operator),
    why: 'this assignment operator is a syntax error',
    instead: 'write a = a || b (esbuild does so)',
  }),
  refuse('exponent', {
    types: ['BinaryExpression'],
    test: (node) => node.operator === '**',
    why: '** is a syntax error',
    instead: 'use Math.pow (esbuild does so)',
  }),
  refuse('big-integer', {
    types: ['Literal'],
    test: (node) => !!node.bigint,
    why: 'BigInt literals are a syntax error',
    instead: 'use two numbers',
  }),
  refuse('new-target', {
    types: ['MetaProperty'],
    why: 'new.target is a syntax error',
    instead: 'write a factory function',
  }),
  refuse('dynamic-import', {
    types: ['ImportExpression'],
    why: 'import() is a syntax error',
    instead: 'import at the top of the file',
  }),
  refuse('with', { types: ['WithStatement'], why: 'with is a syntax error', instead: 'name the object' }),
  refuse('debugger', {
    types: ['DebuggerStatement'],
    why: 'stops the board until somebody types on its console',
    instead: 'remove it',
  }),
  refuse('nested-new', {
    types: ['NewExpression'],
    test: (node) => node.callee.type === 'NewExpression',
    why: 'new new is refused',
    instead: 'keep the constructor in a variable',
  }),
];
