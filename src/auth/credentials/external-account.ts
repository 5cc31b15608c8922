import { emailProblem } from '../../common/validation/email-address.js';
import { NAME_MAX_LENGTH } from '../../common/validation/text.js';
import type { ExternalAccount } from './credential-strategy.js';
import { checkNames } from './identified-caller.js';

const ID_MAX_LENGTH = 255;

/** @throws TypeError, which says nothing of the account, if no user could be made of it */
export function checkAccount(account: ExternalAccount): ExternalAccount {
  const { id, email, name = null, roles } = account;
  if (!isText(id) || id === '' || id.length > ID_MAX_LENGTH)
    throw new TypeError('it gave an account without an id');
  if (typeof email !== 'string' || emailProblem(email) !== undefined)
    throw new TypeError('it gave an account without an e-mail address');
  if (name !== null && !isText(name)) throw new TypeError('it gave a name that is no text');
  return {
    ...account,
    emailVerified: account.emailVerified === true,
    name: name === null ? null : name.slice(0, NAME_MAX_LENGTH),
    ...(roles && { roles: checkNames(roles) }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}
