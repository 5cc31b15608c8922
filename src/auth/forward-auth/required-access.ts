import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { isPlainText } from '../../common/validation/plain-text.js';

/** What a gateway asks of the caller besides a good token. */
export interface RequiredAccess {
  /** One of them is enough; undefined: none is asked for. */
  readonly roles: readonly string[] | undefined;
  /** All of them are needed; undefined: none is asked for. */
  readonly scopes: readonly string[] | undefined;
  /** Whether OAuth clients by themselves may pass, without a user. */
  readonly takesClients: boolean;
}

const NONE: RequiredAccess = { roles: undefined, scopes: undefined, takesClients: false };
const LENGTH_MAX = 2_000;
const NAMES_MAX = 50;
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Reads `?roles=`, `?scopes=` and `?clients=`. A parameter that is not known, is there twice or says nothing is refused: it was meant to
 * ask for something, and to ask for nothing instead would let callers in.
 * @param url the request's, with its query
 * @throws LatchkeyError `VALIDATION_FAILED`, with what is wrong about each parameter
 */
export function requiredAccessOf(url: string): RequiredAccess {
  const mark = url.indexOf('?');
  if (mark < 0 || mark === url.length - 1) return NONE;
  const parameters = new URLSearchParams(url.slice(mark + 1));
  for (const name of parameters.keys()) {
    if (name !== 'roles' && name !== 'scopes' && name !== 'clients')
      throw refused(
        name,
        "only roles, scopes and clients may be asked for; the client's own query must not be passed on",
      );
  }
  return {
    roles: namesIn(parameters, 'roles', /,/, isRole),
    scopes: namesIn(parameters, 'scopes', /[, ]+/, (name) => SCOPE.test(name)),
    takesClients: takesClients(parameters),
  };
}

function takesClients(parameters: URLSearchParams): boolean {
  const [value, ...others] = parameters.getAll('clients');
  if (value === undefined) return false;
  if (value !== 'true' || others.length > 0) throw refused('clients', 'must be true, once, or not there');
  return true;
}

function namesIn(
  parameters: URLSearchParams,
  parameter: 'roles' | 'scopes',
  separator: RegExp,
  isName: (name: string) => boolean,
): string[] | undefined {
  const [list, ...others] = parameters.getAll(parameter);
  if (list === undefined) return undefined;
  if (others.length > 0) throw refused(parameter, 'must be there once, with all names in it');
  if (list.length > LENGTH_MAX) throw refused(parameter, `must have ${LENGTH_MAX} characters at most`);
  const names = list.trim().split(separator).map(decode);
  if (!names.every((name) => name !== undefined && isName(name)))
    throw refused(parameter, `must be ${FORMS[parameter]}`);
  if (names.length > NAMES_MAX) throw refused(parameter, `must have ${NAMES_MAX} names at most`);
  return names as string[];
}

const FORMS = {
  roles: 'names with a comma between two, written as in X-Auth-Roles',
  scopes: 'names with a space or a comma between two',
};

/** As `X-Auth-Roles` is written: a comma of a name is `%2C`. */
function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name.trim());
  } catch {
    return undefined;
  }
}

function isRole(name: string): boolean {
  return name !== '' && name === name.trim() && isPlainText(name);
}

function refused(parameter: string, message: string): LatchkeyError {
  const field = parameter.slice(0, 100);
  return new LatchkeyError('VALIDATION_FAILED', 'The gateway asks for what cannot be asked for.', {
    fields: [{ field, message }],
  });
}
