// The questions that rules ask of a bundle.

import type { AST, Rule, Scope, SourceCode } from 'eslint';

export type Node = Rule.Node;
export type NodeOf<T extends Node['type']> = Extract<Node, { type: T }>;
export type FunctionNode = NodeOf<'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression'>;
type Ranged = { range?: AST.Range };

/** A node or token to refuse; `it` is what the message calls it, its text unless given. */
export interface Finding extends Ranged {
  loc?: AST.SourceLocation | null;
  it?: string;
}

/** Finds what a rule refuses. */
export type Find = (source: SourceCode) => readonly Finding[];

export const startOf = (node: Ranged): number => node.range![0];
export const endOf = (node: Ranged): number => node.range![1];
export const isFunction = (node: { type: string }): node is FunctionNode => node.type.includes('Function');
export const nameOf = (node: object): string => ('name' in node ? String(node.name) : '');

/** A node and everything in it, in source order. */
export function* below(source: SourceCode, node: object): Generator<Node> {
  yield node as Node;
  for (const key of source.visitorKeys[(node as Node).type] ?? []) {
    const children = (node as Record<string, object | null | (object | null)[]>)[key];
    for (const child of [children].flat()) if (child) yield* below(source, child);
  }
}

/** All nodes of these types. */
export const all = <T extends Node['type']>(source: SourceCode, ...types: T[]): NodeOf<T>[] =>
  [...below(source, source.ast)].filter((node): node is NodeOf<T> => types.includes(node.type as T));

/** The variables that a bundle declares itself. */
export const variablesOf = (source: SourceCode): Scope.Variable[] =>
  source.scopeManager.scopes.flatMap((scope) => scope.variables).filter(({ defs }) => defs.length > 0);

/** All mentions of variables. */
export const referencesOf = (source: SourceCode): Scope.Reference[] =>
  source.scopeManager.scopes.flatMap((scope) => scope.references);

/** The position from which the chip knows a variable; -1 for parameters and the like. */
export function readyAt({ defs: [def], scope }: Scope.Variable): number {
  if (def?.type === 'Variable') return endOf(def.parent.kind === 'var' ? def.node.id : def.node);
  return def && /Declaration$/.test(def.node.type) && scope.block !== def.node ? endOf(def.node) : -1;
}
