/** One fault of the engine: a text of its compiled code, which must occur once, and what stands there instead. */
export interface Mutant {
  readonly fault: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const mutant = (fault: string, file: string, from: string, to: string): Mutant => ({ fault, file, from, to });

/** The faults that someone who changes the engine might make. */
export const mutants: readonly Mutant[] = [
  mutant('a wrong operator', 'functions.js', 'gt: (a, b) => a > b', 'gt: (a, b) => a >= b'),
  mutant('a default only where nothing is', 'functions.js', '(isTruthy(x) ? x : fallback)', '(x ?? fallback)'),
  mutant('arguments of ternary in the wrong order', 'functions.js', '(condition ? yes : no)', '(condition ? no : yes)'),
  mutant('another separator', 'functions.js', 'list.join(separator)', "list.join(',')"),
  mutant('division that rounds', 'functions.js', 'Math.trunc(a /', 'Math.round(a /'),
  mutant('JSON without the escapes of Go', 'functions.js', '/[<>&\\u2028\\u2029]/g', '/[\\u2028]/g'),
  mutant('maps walked in another order', 'functions.js', 'Buffer.compare(Buffer.from(a), Buffer.from(b))', '-1'),
  mutant('the later map wins', 'functions.js', '!isTruthy(merged[key])', 'true'),
  mutant('patterns in a replacement', 'functions.js', 'text.replaceAll(from, () => to)', 'text.replaceAll(from, to)'),
  mutant('empty collections that stay', 'evaluate.js', 'written > 0 &&', 'false &&'),
  mutant('a user entry that wins over a fixed one', 'evaluate.js', '...Object.keys(map)', ''),
  mutant('a file without its last line feed', 'evaluate.js', "`${text(line)}\\n`).join('')", "text(line)).join('\\n')"),
  mutant('a lost quote', 'scalar.js', "string: ' | quote'", "string: ''"),
  mutant('a word taken for a plain string', 'scalar.js', "word: ' | quote'", "word: ''"),
  mutant(
    'a list cut out of its indentation',
    'print-yaml.js',
    '| nindent ${indent} }}`;\nconst includedFile',
    '| nindent ${indent - 2} }}`;\nconst includedFile',
  ),
  mutant(
    'a file indented by one too few',
    'print-yaml.js',
    'includedFile(value, indent + 2, scope)',
    'includedFile(value, indent + 1, scope)',
  ),
  mutant(
    'fields of an item indented by one too many',
    'print-yaml.js',
    'dashed(collectionLines(item, indent + 2',
    'dashed(collectionLines(item, indent + 3',
  ),
  mutant('a missing guard', 'print-yaml.js', 'presence === true ? lines', 'presence ? lines'),
  mutant('if in place of with', 'print-yaml.js', "conditionLines('with', subject", "conditionLines('if', subject"),
  mutant('objects of a loop that run together', 'print-yaml.js', "'---',", ''),
  mutant('an end that a value of a user may lose', 'print-yaml.js', 'return isGiven ?', 'return false ?'),
  mutant('swapped branches', 'layout.js', '...then, ...alternative(otherwise', '...otherwise, ...alternative(then'),
  mutant('an alternative without its else', 'layout.js', "'{{- else if '", "'{{- if '"),
  mutant('a lost trim in a helper', 'print-text.js', "...inner, '{{- end }}']", "...inner, '{{ end }}']"),
  mutant(
    'a trim too many at the end of a file',
    'print-text.js',
    "Scope.top()), '{{ end }}']",
    "Scope.top()), '{{- end }}']",
  ),
  mutant('white space that an action eats', 'print-text.js', 'return isEaten ?', 'return false ?'),
  mutant('pieces of a loop joined by nothing', 'print-text.js', 'join ${goLiteral(separator)}', 'join ""'),
  mutant('a loop that reads the root as its item', 'scope.js', "this.visible.length === 0 ? '' : '$'", "''"),
  mutant('variables of nested loops with one name', 'scope.js', 'taken.includes(name)', 'false'),
  mutant('a lost int cast', 'print-expression.js', "kindOf(expr) === 'int' && isFloat ?", 'false ?'),
  mutant('a float as Go writes it', 'print-expression.js', "kindOf(expr) === 'number' ?", 'false ?'),
  mutant('a percent sign taken for a verb', 'print-expression.js', ".replaceAll('%', '%%')", ''),
  mutant('braces of a text taken for an action', 'print-expression.js', `text.replaceAll('{{', '{{ "{{" }}')`, 'text'),
  mutant('a brace that melts into an action', 'print-expression.js', 'beforeAction && ', 'false && '),
  mutant(
    'a helper that is always true',
    'print-expression.js',
    `eq (\${include(node, scope)}) "true"`,
    'not (empty "true")',
  ),
  mutant(
    'a condition without its not',
    'print-expression.js',
    '`not ${parenthesised(condition(subject, scope))}`',
    'condition(subject, scope)',
  ),
  mutant('a guard that asks one part only', 'presence.js', 'or(first, second, ...rest)', 'first'),
  mutant(
    'a guard that forgets the condition inside a loop',
    'presence.js',
    'bothOf(truth(node.over), presenceOf(node.body))',
    'truth(node.over)',
  ),
  mutant('a map printed with what is fixed beside it', 'presence.js', 'fixed.length === 0 ? map', 'true ? map'),
  mutant('a check that refuses nothing', 'refuse.js', 'context) === true', 'context) === undefined'),
];
