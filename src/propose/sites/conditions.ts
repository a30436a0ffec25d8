import { childAt, isComment, type SyntaxNode, type SyntaxTree, textOf } from '../syntax/tree.ts';
import { wordsOf } from './category.ts';
import { placeOf } from './place.ts';
import type { Condition, Site } from './site.ts';

type Choice = Extract<Site, { kind: 'choice' }>;

/** What a test says of a choice where it holds: the value is one of these. */
interface Test {
  readonly choice: Choice;
  readonly values: readonly string[];
  /** Whether it holds for all of these, so that where it fails the value is another. */
  readonly isExact: boolean;
}

interface NamedChoice {
  readonly choice: Choice;
  /** The names around it, '' for one of the whole file. */
  readonly scope: string;
}

interface Choices {
  readonly tree: SyntaxTree;
  /** By the words of their last name; what two choices are called is not here. */
  readonly named: ReadonlyMap<string, NamedChoice>;
}

/**
 * The sites, each with the choice on which it depends where the syntax shows one: it stands in a branch of `if`,
 * `case`, `match` or `a ? b : c` that compares a named choice with a literal, or asks for a named switch.
 */
export function withConditions(
  tree: SyntaxTree,
  sites: readonly Site[],
  nodes: ReadonlyMap<string, SyntaxNode>,
): Site[] {
  const choices = namedChoices(tree, sites, nodes);
  if (choices.named.size === 0) return [...sites];
  return sites.map((site) => {
    const node = nodes.get(site.id);
    const condition = node && conditionAt(choices, node);
    return condition === undefined ? site : { ...site, condition };
  });
}

function namedChoices(
  tree: SyntaxTree,
  sites: readonly Site[],
  nodes: ReadonlyMap<string, SyntaxNode>,
): Choices {
  const named = new Map<string, NamedChoice>();
  const ambiguous = new Set<string>();
  for (const site of sites) {
    const node = nodes.get(site.id);
    if (site.kind !== 'choice' || site.family === 'kin' || site.prominence === 'inner' || !node) continue;
    const { path } = placeOf(tree, node);
    const words = wordsOf(lastName(path));
    if (named.has(words)) ambiguous.add(words);
    const scope = site.prominence === 'local' ? path.slice(0, Math.max(0, path.lastIndexOf('.'))) : '';
    named.set(words, { choice: site, scope });
  }
  for (const words of ambiguous) named.delete(words);
  return { tree, named };
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function conditionAt(choices: Choices, node: SyntaxNode): Condition | undefined {
  let found: Test | undefined;
  let inner = node;
  for (let outer = node.parent; outer !== undefined; inner = outer, outer = outer.parent) {
    for (const test of testsFor(choices, outer, inner)) {
      if (found === undefined) found = test;
      else if (found.choice === test.choice)
        found = { ...found, values: found.values.filter((value) => test.values.includes(value)) };
    }
  }
  return found && { site: found.choice.id, values: found.values };
}

/** What holds in `inner` because of where it stands in `outer`. */
function testsFor(choices: Choices, outer: SyntaxNode, inner: SyntaxNode): Test[] {
  switch (outer.type) {
    case 'if_statement':
    case 'elif_clause':
    case 'ternary_expression': {
      const own = testOf(choices, childAt(outer, 'condition'));
      if (inner.field === 'consequence') return listed(own);
      if (inner.field !== 'alternative') return [];
      const before = outer.children.slice(0, outer.children.indexOf(inner));
      const failed = before
        .filter(({ type }) => type === 'elif_clause')
        .map((clause) => testOf(choices, childAt(clause, 'condition')));
      return [own, ...failed].flatMap((test) => listed(opposite(test)));
    }
    case 'conditional_expression': {
      const [consequence, condition, alternative] = outer.children.filter(({ type }) => !isComment(type));
      const test = testOf(choices, condition);
      if (inner === consequence) return listed(test);
      return inner === alternative ? listed(opposite(test)) : [];
    }
    case 'switch_case':
    case 'switch_default':
      return inner.field === 'body' ? listed(caseTest(choices, outer)) : [];
    case 'case_clause':
      return inner.field === 'consequence' ? listed(matchTest(choices, outer)) : [];
    default:
      return [];
  }
}

function listed(test: Test | undefined): Test[] {
  return test === undefined ? [] : [test];
}

function opposite(test: Test | undefined): Test | undefined {
  return test?.isExact
    ? { ...test, values: allValues(test.choice).filter((value) => !test.values.includes(value)) }
    : undefined;
}

function allValues({ value, options }: Choice): string[] {
  return [value, ...options.map((option) => option.value)];
}

/** What an expression says of a choice; undefined where it speaks of none, or of more than that. */
function testOf(choices: Choices, expression: SyntaxNode | undefined): Test | undefined {
  if (expression === undefined) return undefined;
  const { tree } = choices;
  const text = textOf(tree, expression);
  const parts = expression.children.filter(({ type, field }) => !isComment(type) && field !== 'operator');
  const [left, right] = parts;
  const sign = childAt(expression, 'operator');
  switch (expression.type) {
    case 'parenthesized_expression':
      return testOf(choices, left);
    case 'identifier':
    case 'attribute':
    case 'member_expression': {
      const choice = choiceOf(choices, expression);
      return choice !== undefined && /^(true|false)$/.test(choice.value)
        ? { choice, values: ['true'], isExact: true }
        : undefined;
    }
    case 'not_operator':
    case 'unary_expression':
      return /^(!|not\b)/.test(text) ? opposite(testOf(choices, left)) : undefined;
    case 'comparison_operator':
    case 'binary_expression':
    case 'boolean_operator': {
      if (left === undefined || right === undefined || parts.length !== 2) return undefined;
      const between = sign ? textOf(tree, sign) : tree.text.slice(left.end, right.start).trim();
      return combined(choices, left, between, right);
    }
    default:
      return undefined;
  }
}

function combined(choices: Choices, left: SyntaxNode, sign: string, right: SyntaxNode): Test | undefined {
  switch (sign) {
    case '==':
    case '===':
    case 'is':
      return compared(choices, left, right);
    case '!=':
    case '!==':
    case 'is not':
      return opposite(compared(choices, left, right));
    case 'in': {
      const choice = choiceOf(choices, left);
      const values = right.children.map((child) => literalAt(choices.tree, child));
      return choice !== undefined &&
        /^(tuple|list|set)$/.test(right.type) &&
        values.every((v) => v !== undefined)
        ? { choice, values, isExact: true }
        : undefined;
    }
    case '&&':
    case 'and': {
      const test = testOf(choices, left) ?? testOf(choices, right);
      return test && { ...test, isExact: false };
    }
    case '||':
    case 'or': {
      const [one, other] = [testOf(choices, left), testOf(choices, right)];
      return one !== undefined && other !== undefined && one.choice === other.choice
        ? {
            choice: one.choice,
            values: [...new Set([...one.values, ...other.values])],
            isExact: one.isExact && other.isExact,
          }
        : undefined;
    }
    default:
      return undefined;
  }
}

function compared(choices: Choices, left: SyntaxNode, right: SyntaxNode): Test | undefined {
  const choice = choiceOf(choices, left) ?? choiceOf(choices, right);
  const value = literalAt(choices.tree, right) ?? literalAt(choices.tree, left);
  return choice === undefined || value === undefined ? undefined : { choice, values: [value], isExact: true };
}

function literalAt(tree: SyntaxTree, node: SyntaxNode): string | undefined {
  const text = textOf(tree, node);
  switch (node.type) {
    case 'string':
      return /^(['"])([^'"\\]*)\1$/.exec(text)?.[2];
    case 'true':
    case 'false':
    case 'number':
    case 'integer':
    case 'float':
      return text.toLowerCase();
    default:
      return undefined;
  }
}

/** The choice that `activation`, `config.activation` or `self.activation` reads. */
function choiceOf({ tree, named }: Choices, expression: SyntaxNode): Choice | undefined {
  const text = textOf(tree, expression);
  if (!/^[A-Za-z_$][\w$]*(\??\.[\w$]+)*$/.test(text)) return undefined;
  const found = named.get(wordsOf(lastName(text)));
  if (found === undefined) return undefined;
  // A variable of a function is not the one of that name in another function.
  const isForeign =
    expression.type === 'identifier' &&
    found.scope !== '' &&
    !`${placeOf(tree, expression).path}.`.startsWith(`${found.scope}.`);
  return isForeign ? undefined : found.choice;
}

function caseTest(choices: Choices, clause: SyntaxNode): Test | undefined {
  const statement = clause.parent?.parent;
  const subject = statement && childAt(statement, 'value')?.children[0];
  const choice = subject && choiceOf(choices, subject);
  const clauses = clause.parent?.children.filter(({ type }) => /^switch_(case|default)$/.test(type)) ?? [];
  if (choice === undefined) return undefined;
  const valuesOf = (one: SyntaxNode): string[] => {
    if (one.type === 'switch_case') {
      const value = childAt(one, 'value');
      return listedValue(value && literalAt(choices.tree, value));
    }
    const others = clauses.filter((other) => other !== one).flatMap(valuesOf);
    return allValues(choice).filter((value) => !others.includes(value));
  };
  const values = valuesOf(clause);
  for (let index = clauses.indexOf(clause) - 1; index >= 0; index--) {
    const before = clauses[index]!;
    if (ends(before)) break;
    values.push(...valuesOf(before));
  }
  return values.length === 0 ? undefined : { choice, values: [...new Set(values)], isExact: true };
}

function listedValue(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}

/** Whether a case never falls through to the next. */
function ends(clause: SyntaxNode): boolean {
  const body = clause.children.filter(({ field }) => field === 'body').at(-1);
  const last = body?.type === 'statement_block' ? body.children.at(-1) : body;
  return last !== undefined && /^(break|return|throw|continue)_statement$/.test(last.type);
}

function matchTest(choices: Choices, clause: SyntaxNode): Test | undefined {
  const block = clause.parent;
  const subject = block?.parent && childAt(block.parent, 'subject');
  const choice = subject && choiceOf(choices, subject);
  if (choice === undefined || block === undefined) return undefined;
  const values = patternValues(choices.tree, clause);
  if (values !== undefined) return { choice, values, isExact: childAt(clause, 'guard') === undefined };
  if (!/^case\s+_\s*(if\b|:)/.test(textOf(choices.tree, clause))) return undefined;
  const before = block.children
    .slice(0, block.children.indexOf(clause))
    .filter((other) => childAt(other, 'guard') === undefined)
    .flatMap((other) => patternValues(choices.tree, other) ?? []);
  return { choice, values: allValues(choice).filter((value) => !before.includes(value)), isExact: true };
}

/** The literals of `case 'a' | 'b'`; undefined where it matches something else. */
function patternValues(tree: SyntaxTree, clause: SyntaxNode): string[] | undefined {
  const pattern = clause.children.find(({ type }) => type === 'case_pattern')?.children[0];
  const parts = pattern?.type === 'union_pattern' ? pattern.children : pattern ? [pattern] : [];
  const values = parts.map((part) => literalAt(tree, part));
  return values.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
}
