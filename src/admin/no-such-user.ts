import { NotFoundError } from '../common/errors/latchkey-error.js';
import type { User } from '../users/user.js';

export function noSuchUser(): NotFoundError {
  return new NotFoundError('There is no user with this e-mail address.');
}

/** @throws NotFoundError */
export function existing(user: User | undefined): User {
  if (!user) throw noSuchUser();
  return user;
}

/** The user of an id. @throws NotFoundError */
export function existingUser(user: User | undefined): User {
  if (!user) throw new NotFoundError('There is no such user.');
  return user;
}
