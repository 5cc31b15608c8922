import { inSpan, type SpanOptions } from '../common/tracing/in-span.js';
import { tracingWithinSpan } from '../common/tracing/tracing.js';

/** Longer texts are cut off. */
const TEXT_MAX = 4_000;
/** Texts are few, since values are parameters; but for searches, which are as many as there are ways to combine them. */
const REMEMBERED_MAX = 500;
const FIRST_WORD = /^\s*(\w+)/;
/** Of a statement that is made of several, what writes says more than what they are put together by. */
const WRITES = /\b(insert)\s+into\b|\b(update)\s+(?=["\w])|\b(delete)\s+from\b/i;
/** `"schema"."table"`, as Drizzle writes them, or `"table"`. */
const TABLE = /\b(?:into|update|from)\s+(?:"\w+"\.)?"(\w+)"/i;
const LITERAL = /'[^']*'/g;
const IN_PARENTHESES = /\([^()]*\)/g;

interface Described {
  readonly name: string;
  readonly options: SpanOptions;
}

const described = new Map<string, Described>();

/**
 * Runs a statement, in a span of its own where what asks for it is traced.
 * @param text with `$1`, `$2` … in place of values
 */
export function tracedStatement<T>(text: string, run: () => Promise<T>): Promise<T> {
  const tracing = tracingWithinSpan();
  if (!tracing) return run();
  const { name, options } = descriptionOf(text);
  return inSpan(tracing, name, options, run);
}

/** As the semantic conventions for databases have it. */
function descriptionOf(text: string): Described {
  const known = described.get(text);
  if (known) return known;
  const operation = operationIn(text);
  const table = tableIn(text);
  const description: Described = {
    name: table === undefined ? operation : `${operation} ${table}`,
    options: {
      kind: 'CLIENT',
      attributes: {
        'db.system.name': 'postgresql',
        'db.operation.name': operation,
        'db.query.text': text.slice(0, TEXT_MAX),
        ...(table !== undefined && { 'db.collection.name': table }),
      },
    },
  };
  if (described.size >= REMEMBERED_MAX) described.clear();
  described.set(text, description);
  return description;
}

function operationIn(text: string): string {
  const first = FIRST_WORD.exec(text)?.[1] ?? 'unknown';
  if (first.toLowerCase() !== 'with') return first.toUpperCase();
  const written = WRITES.exec(text)?.slice(1).find(Boolean);
  return (written ?? 'select').toUpperCase();
}

/** Of the statement itself and not of one within; or what is written first, where all are. */
function tableIn(text: string): string | undefined {
  const itself = TABLE.exec(withoutParts(text));
  const written = WRITES.exec(text);
  return (itself ?? (written && TABLE.exec(text.slice(written.index))))?.[1];
}

function withoutParts(text: string): string {
  let outer = text.replaceAll(LITERAL, '');
  for (let before = ''; before !== outer;) {
    before = outer;
    outer = outer.replaceAll(IN_PARENTHESES, '');
  }
  return outer;
}
