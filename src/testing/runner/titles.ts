import { format, inspect } from 'node:util';

/** The arguments that each row of a table of tests is, and what the test is called with them. */
export function titlesOf(
  title: string,
  rows: readonly unknown[],
): [args: readonly unknown[], name: string][] {
  return rows.map((row) => {
    const args: readonly unknown[] = Array.isArray(row) ? row : [row];
    const named = title.replaceAll(/\$(\w+)/g, (text, name: string) => member(row, name) ?? text);
    const places = [...named.matchAll(/%[sdij]/g)].length;
    return [args, places === 0 ? named : format(named, ...args.slice(0, places))];
  });
}

function member(row: unknown, name: string): string | undefined {
  if (typeof row !== 'object' || row === null || !(name in row)) return undefined;
  const value = (row as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : inspect(value);
}
