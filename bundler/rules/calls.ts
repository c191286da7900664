// What runs at once when a function is called: enough of a call graph to tell which names a call needs.

import type { Scope, SourceCode } from 'eslint';
import { all, isFunction, nameOf, readyAt, referencesOf, startOf } from './code.ts';
import type { Finding, FunctionNode, Node, NodeOf } from './code.ts';

type Call = NodeOf<'CallExpression' | 'NewExpression'>;

/** Methods that call the functions they are given before they return; all others may keep them for later. */
const CALLS_BACK_AT_ONCE = /^(every|filter|find|findIndex|forEach|map|reduce|replace|replaceAll|some|sort)$/;

/** Whether a function is called where it stands: `(() => …)()`, `list.map(() => …)`, `new Promise(() => …)`. */
export function isCalledAtOnce(node: Node): boolean {
  const call = node.parent as Node;
  if (call.type !== 'CallExpression' && call.type !== 'NewExpression') return false;
  return call.callee === node || callsArguments(call as Call);
}

const callsArguments = ({ type, callee }: Call): boolean =>
  type === 'NewExpression' ? nameOf(callee) === 'Promise' : CALLS_BACK_AT_ONCE.test(methodName(callee));

const methodName = (node: object): string =>
  'property' in node && 'computed' in node && !node.computed ? nameOf(node.property as Node) : '';

/** Tells which functions a call runs at once; a method is taken for every function of the bundle that bears its name. */
function createTargets(source: SourceCode): (call: Call) => FunctionNode[] {
  const variables = new Map(referencesOf(source).map((use) => [use.identifier as object, use.resolved]));
  const functionsOf = (value: object): FunctionNode[] => {
    const def = variables.get(value)?.defs[0];
    const node = ((def?.type === 'Variable' ? def.node.init : def?.node) ?? value) as Node;
    if (isFunction(node)) return [node];
    if (node.type !== 'ClassDeclaration' && node.type !== 'ClassExpression') return [];
    return node.body.body.flatMap((member) =>
      'kind' in member && member.kind === 'constructor' ? [member.value as FunctionNode] : [],
    );
  };
  const members = all(source, 'Property', 'MethodDefinition');

  return (call) =>
    [call.callee, ...(callsArguments(call) ? call.arguments : [])].flatMap((value) => {
      const method = methodName(value);
      return method === ''
        ? functionsOf(value)
        : members.filter(({ key }) => nameOf(key) === method).flatMap((member) => functionsOf(member.value));
    });
}

/** The calls that need a name which comes to be only after them. */
export function findLateCalls(source: SourceCode): Finding[] {
  const targets = createTargets(source);
  const calls = all(source, 'CallExpression', 'NewExpression').map((node) => ({
    node,
    home: source.getScope(node).variableScope,
    runs: targets(node).map((target) => source.getScope(target)),
  }));
  const runsOf = new Map<Scope.Scope, Scope.Scope[]>();
  for (const { home, runs } of calls) runsOf.set(home, [...(runsOf.get(home) ?? []), ...runs]);
  const references = referencesOf(source);

  return calls.flatMap(({ node, home, runs }) => {
    const running = new Set(runs);
    for (const scope of running) for (const next of runsOf.get(scope) ?? []) running.add(next);
    running.delete(home);
    const late = references.filter(
      ({ from, resolved }) =>
        resolved?.scope.variableScope === home && readyAt(resolved) > startOf(node) && running.has(from.variableScope),
    );
    return [...new Set(late.map(({ identifier }) => nameOf(identifier)))].map((it) => ({ loc: node.loc, it }));
  });
}
