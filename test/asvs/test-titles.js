import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** Of tests that do not run, or are expected to fail. */
const NOT_RUN = new Set(['skip', 'todo', 'failing']);

/**
 * The titles of the tests that a file has, as they are written there: `%s` of a table stays what it is.
 * @param {string} path
 * @returns {Set<string>}
 */
export function testTitles(path) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, false);
  /** @type {Set<string>} */
  const titles = new Set();
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const { root, names } = calleeOf(node.expression);
      const [title] = node.arguments;
      const isGroup = root === 'it' || root === 'test' || root.startsWith('describe');
      if (isGroup && names.some((name) => NOT_RUN.has(name))) return;
      if ((root === 'it' || root === 'test') && title && ts.isStringLiteralLike(title))
        titles.add(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
}

/**
 * `it`, and `each` of `it.each(table)`.
 * @param {ts.Expression} callee
 * @returns {{ root: string, names: string[] }}
 */
function calleeOf(callee) {
  /** @type {string[]} */
  const names = [];
  for (let node = callee; ;) {
    if (ts.isPropertyAccessExpression(node)) {
      names.push(node.name.text);
      node = node.expression;
    } else if (ts.isCallExpression(node)) node = node.expression;
    else if (ts.isTaggedTemplateExpression(node)) node = node.tag;
    else return { root: ts.isIdentifier(node) ? node.text : '', names };
  }
}
