// Names that are not there yet, or no longer what they were, when the chip looks them up.

import type { Scope, SourceCode } from 'eslint';
import { isCalledAtOnce } from './calls.ts';
import { endOf, readyAt, startOf, variablesOf, type Find, type Node } from './code.ts';

type Use = Scope.Reference;
type Variable = Scope.Variable;

/** Finds the uses of variables that a test picks. */
export const uses =
  (test: (use: Use, variable: Variable, source: SourceCode) => boolean): Find =>
  (source) =>
    variablesOf(source).flatMap((variable) =>
      variable.references.filter((use) => !use.init && test(use, variable, source)).map((use) => use.identifier),
    );

export const isTooEarly = ({ identifier, from }: Use, variable: Variable): boolean =>
  startOf(identifier) < readyAt(variable) && from.variableScope === variable.scope.variableScope;

/** Whether a var is written in a block that is not around its use. */
export function isOutsideItsBlock(use: Use, { defs: [def], scope }: Variable, source: SourceCode): boolean {
  if (def?.type !== 'Variable' || def.parent.kind !== 'var') return false;
  const { block } = source.getScope(def.node as Node);
  const isInside = startOf(use.identifier) >= startOf(block) && endOf(use.identifier) <= endOf(block);
  return block !== scope.block && !isInside;
}

/** Whether a function that is kept from a round of a loop uses the variable of its head. */
export const isLoopClosure = (use: Use, { scope }: Variable): boolean =>
  scope.type === 'for' && functionsAround(use, scope).some((node) => !isCalledAtOnce(node));

/** Whether a use is in a function that was made before its block had a scope. */
export function isOrphaned(use: Use, { scope }: Variable): boolean {
  if (scope.type !== 'block') return false;
  const names = scope.variables.flatMap(({ defs }) => defs).filter(({ type }) => type !== 'FunctionName');
  const begins = Math.min(...names.map(({ name }) => startOf(name)));
  return functionsAround(use, scope).some((node) => startOf(node) < begins);
}

function functionsAround(use: Use, outer: Scope.Scope): Node[] {
  const around = [];
  for (let scope: Scope.Scope | null = use.from; scope && scope !== outer; scope = scope.upper) {
    if (scope.type === 'function') around.push(scope.block as Node);
  }
  return around;
}
