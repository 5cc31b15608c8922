import { jsonProblem, keyProblem } from '../users/fields/json-value.js';
import { LineProblem } from './line-problem.js';

/** As own fields may be called. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;
const FIELDS_MAX = 100;

/**
 * A team's own fields, as they are kept with the user; null: nothing is in it.
 * @param indexed those that users are found by
 * @throws LineProblem
 */
export function fieldsOf(value: unknown, indexed: ReadonlySet<string>): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LineProblem('FIELD_INVALID', 'fields must be an object.');
  }
  const entries = Object.entries(value).filter(([, each]) => each !== null);
  if (entries.length > FIELDS_MAX) {
    throw new LineProblem('FIELD_INVALID', `fields must be ${FIELDS_MAX} at most.`);
  }
  for (const [name, each] of entries) {
    if (!NAME.test(name)) throw new LineProblem('FIELD_INVALID', 'A field has a name that it cannot have.');
    const problem = jsonProblem(each) ?? (indexed.has(name) ? keyProblem(each) : undefined);
    if (problem !== undefined) throw new LineProblem('FIELD_INVALID', `fields.${name} must ${problem}.`);
  }
  return Object.fromEntries(entries);
}
