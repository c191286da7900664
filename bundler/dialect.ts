// The dialect of the chip: everything that its parser refuses or misreads, a line each.

import { CHIP_GLOBALS, CHIP_MODULES, isChipGlobal, KEYWORDS, RESERVED_WORDS, STATICS, words } from './globals.ts';
import { findLateCalls } from './rules/calls.ts';
import { declared, findCompound, findMissingMethods, findSuper } from './rules/names.ts';
import { isLoopClosure, isOrphaned, isOutsideItsBlock, isTooEarly, uses } from './rules/order.ts';
import { findRegex } from './rules/regex.ts';
import { divides, endsFunction, findForeignByte, isKeyword, neighbours, returnsNextLine } from './rules/tokens.ts';
import type { Find } from './rules/code.ts';

const oneOf = (names: Iterable<string>): string => `/^(${[...names].join('|')})$/`;
const statics = Object.entries(STATICS).map(
  ([object, names]) => `[object.name="${object}"]:not([property.name=${oneOf(words(`prototype ${names}`))}])`,
);

/**
 * Name, what is refused, and why; after the semicolon what to write instead, and {it} stands for what was found. Refused is what
 * a selector (esquery), a rule of ESLint's own or a function finds.
 */
// prettier-ignore
export const RULES: [name: string, find: string | Find, message: string][] = [
  // syntax that the parser does not know
  ['async', ':function[async=true]', 'async functions are a syntax error; use callbacks, or a Promise and then()'],
  ['generator', ':function[generator=true]', 'generators are a syntax error; return an array, or call a function for each value'],
  ['destructuring', 'ObjectPattern, ArrayPattern', 'destructuring is a syntax error; read the members one by one'],
  ['default-parameter', 'AssignmentPattern', 'default values of parameters are a syntax error; test for undefined in the body'],
  ['rest-parameter', 'RestElement', 'rest parameters are a syntax error; take an array, or read `arguments` in a function (not in an arrow)'],
  ['spread', 'SpreadElement', 'spread is a syntax error; use concat(), apply() or Object.assign()'],
  ['label', 'LabeledStatement', 'labels are a syntax error; move the loops to a function and return from it'],
  ['computed-key', ':matches(Property, MethodDefinition, PropertyDefinition)[computed=true]', 'computed keys are a syntax error; assign obj[key] after the literal'],
  ['private-name', 'PrivateIdentifier', 'private names are a syntax error; keep the value in a closure'],
  ['tagged-template', 'TaggedTemplateExpression', 'tagged templates are a syntax error; call the function with plain arguments'],
  ['template', 'TemplateLiteral > .expressions:not(Identifier, MemberExpression[computed=false]), TemplateElement[value.raw=/\\$/]', 'the chip counts braces in a template without regard to strings, and evaluates what it finds at run time; join the parts with +'],
  ['optional-chain', 'ChainExpression', '?. is a syntax error; write a && a.b (esbuild does so)'],
  ['logical-assignment', 'AssignmentExpression[operator=/^(\\?\\?|\\|\\||&&|\\*\\*)=$/]', 'this assignment operator is a syntax error; write a = a || b (esbuild does so)'],
  ['exponent', 'BinaryExpression[operator="**"]', '** is a syntax error; use Math.pow (esbuild does so)'],
  ['big-integer', 'Literal[bigint]', 'BigInt literals are a syntax error; use two numbers'],
  ['new-target', 'MetaProperty', 'new.target is a syntax error; write a factory function'],
  ['dynamic-import', 'ImportExpression', 'import() is a syntax error; import at the top of the file'],
  ['with', 'WithStatement', 'with is a syntax error; name the object'],
  ['debugger', 'DebuggerStatement', 'stops the board until somebody types on its console; remove it'],
  ['nested-new', 'NewExpression > NewExpression.callee', 'new new is refused; keep the constructor in a variable'],

  // statements and operators that it reads otherwise
  ['do-while', 'DoWhileStatement > .body:not(BlockStatement, ExpressionStatement)', 'do … while with an unbraced if or try (or the like) is a syntax error; put the body in braces'],
  ['finally-jump', 'eslint:no-unsafe-finally', 'a jump out of finally is ignored; note the result in a variable and jump after the try'],
  ['case-after-default', 'SwitchCase[test=null] ~ SwitchCase', 'a case after default is an error when it is reached; put default last'],
  ['case-declaration', 'SwitchCase > :matches(ClassDeclaration, FunctionDeclaration, VariableDeclaration[kind!="var"])', 'a declaration directly in a case belongs to the block around the switch and overwrites its namesake; put the case in braces'],
  ['compound-assignment', findCompound, 'the chip reads the left side after it has run the right side, which may change it; call f() first, and keep its result in a const'],
  ['in-operator', 'BinaryExpression[operator="in"]', '"on" in {} is true on the chip, as every object there has on, emit and their like; compare obj[key] with undefined, or call hasOwnProperty()'],
  ['instanceof-error', 'BinaryExpression[operator="instanceof"][right.name=/Error$/]', 'an error that the interpreter throws, or of another error class, is no instance of this one on the chip; look at its message'],

  // bytes and tokens that its lexer misreads
  ['non-ascii', findForeignByte, 'a byte outside printable ASCII is read as a token of the interpreter; write \\xHH in a string'],
  ['wide-char', ':matches(Literal[value=type(string)], TemplateElement):matches([raw=/(^|[^\\\\])(\\\\\\\\)*\\\\u/], [value.raw=/(^|[^\\\\])(\\\\\\\\)*\\\\u/])', 'a string holds bytes; a character above 255 is none; write its UTF-8 bytes as \\xHH'],
  ['return-newline', neighbours(returnsNextLine), 'return followed by a newline returns the value of the next line; end it with a semicolon'],
  ['return-at-end', neighbours(endsFunction), 'a bare return at the very end of a function, after other code, is a syntax error when the function runs; leave the loop by its condition or by break'],
  ['increment-division', neighbours((token, next) => /^(\+\+|--)$/.test(token.value) && divides(next)), 'a / right after ++ or -- starts a regular expression; divide first, and increment in a statement of its own'],
  ['keyword-division', neighbours((token, next) => isKeyword(token) && divides(next)), 'a / after a member named like a keyword, or after this, starts a regular expression; rename the member, or divide a copy'],
  ['regex-after-parenthesis', neighbours((token, next) => token.value === ')' && next.type === 'RegularExpression'), 'a / right after ) divides, even where a statement starts; put the regular expression in a variable, or the statement in braces'],

  // names that are not there yet: nothing is hoisted, a loop's head is one scope for all rounds, a block has none before its first let
  ['use-before-declaration', uses(isTooEarly), '{it} is used before the line that declares it has run; the chip hoists no function and no variable; declare it above'],
  ['call-before-declaration', findLateCalls, '{it} is used by this call before the line that declares it has run; the chip hoists no function and no variable; declare it above the call'],
  ['unreachable-function', ':matches(ReturnStatement, ThrowStatement) ~ FunctionDeclaration', 'a function declared after return or throw never comes to be, as nothing is hoisted; declare it above'],
  ['var-in-block', uses(isOutsideItsBlock), '{it} does not exist outside its block unless the block has run; declare it at the top of the function'],
  ['loop-closure', uses(isLoopClosure), '{it} is one variable for all rounds of the loop, so a function kept from a round sees the value of the last; copy it to a const in the body and use that'],
  ['block-closure', uses(isOrphaned), '{it} stays unknown to a function made before the first let, const or class of the block; declare it first'],

  // names that are taken, or that there are not
  ['shadowed-global', declared(isChipGlobal), '{it} is a global of the chip: a variable of that name hides it, and as an arrow function’s parameter it is a syntax error; rename it'],
  ['reserved-word', declared((name) => RESERVED_WORDS.has(name)), '{it} is a keyword of the chip’s lexer; rename it'],
  ['reserved-member', `:matches(MethodDefinition, Property[kind!="init"])[computed=false] > .key:not(Identifier[name!=${oneOf(KEYWORDS)}])`, '{it} cannot be the name of a class’s method, a getter or a setter: only plain names that are no keywords can; rename it'],
  ['long-name', 'Identifier[name=/^.{64}/]', '{it} is longer than 63 characters; the chip forgets the rest; shorten it'],
  ['unknown-global', 'eslint:no-undef', '{it} is no global of an ESP32 that runs Espruino; use what the chip has, or ask for it with typeof first'],
  ['unknown-module', `CallExpression[callee.name="require"] > .arguments:not([value=${oneOf(CHIP_MODULES)}])`, '{it} is no module of the chip; the uploader would fetch it from the web; bundle it'],
  ['missing-builtin', `MemberExpression[computed=false]:matches(${statics})`, '{it} is missing on the chip; write it out with what there is'],
  ['missing-builtin', findMissingMethods, '{it}() is missing on the chip; write it out with what there is'],

  // classes, which work in their simplest form only
  ['extends-expression', ':matches(ClassDeclaration, ClassExpression) > .superClass:not(Identifier)', 'extends takes a plain name only; give the base class a name, or write a factory function'],
  ['extends-builtin', `Identifier.superClass[name=${oneOf(CHIP_GLOBALS)}]`, 'a class that extends Error or another class of the chip does not get its constructor or its methods; throw a plain Error, or hold the object in a member'],
  ['super-chain', findSuper, 'super.method() over more than two levels of classes calls itself until the stack is full; write factory functions'],
  ['static-inheritance', 'Program:has(.superClass) MethodDefinition[static=true]', 'a class does not inherit the static members of its base; write a plain function beside the class'],
  ['class-field', 'PropertyDefinition, StaticBlock', 'a field of a class is one value for all its objects, made before any of them; older boards refuse it; set it in the constructor'],
  ['class-name', 'ClassExpression > .id', 'the name {it} of a class expression is not known inside the class; declare the class'],

  // library calls that do something else
  ['regex', findRegex, '{it} is not known to the chip’s regular expressions, which then match something else; use characters, sets, ^ $ * + and simple groups, or test by hand'],
  ['array-length', 'AssignmentExpression[left.property.name="length"], UpdateExpression[argument.property.name="length"]', 'the length of an array cannot be set: it throws; use splice(), pop() or a new array'],
  ['split-limit', 'CallExpression[callee.property.name="split"][arguments.length>1]', 'split() ignores its limit; slice() the result'],
  ['replace', "CallExpression[callee.property.name=/^replace(All)?$/]:matches([arguments.0.value=type(string)][arguments.1.type=/Function/], [arguments.1.value=/\\$[$&`']/])", 'replace() inserts $&, $`, $’ and $$ as they stand, and calls a function only for a regular expression; use $1 with a group, or a regular expression and a function'],
];
