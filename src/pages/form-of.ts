import type { HttpRequest } from '../common/client-info.js';

/** What a form sent: the texts of its fields, by name; of a name that is there twice nothing. */
export type Form = Readonly<Record<string, string>>;

interface RequestWithForm extends HttpRequest {
  readonly body?: unknown;
  readonly query?: unknown;
}

/** The fields of a form's body. */
export function formOf({ body }: RequestWithForm): Form {
  return textsOf(body);
}

/** The parameters of the address. */
export function queryOf({ query }: RequestWithForm): Form {
  return textsOf(query);
}

function textsOf(given: unknown): Form {
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
