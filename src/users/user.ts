import { randomBytes } from 'node:crypto';
import { comparableEmail } from '../common/validation/comparable-email.js';

/** A user, roles included. Headless: what of it leaves over HTTP is decided by the flows of `auth`. */
export interface User {
  /** UUID. */
  readonly id: string;
  readonly name: string | null;
  /** As the user wrote it. Compared case-insensitively. */
  readonly email: string;
  readonly emailVerifiedAt: Date | null;
  /** In the format of the password hasher that made it. */
  readonly passwordHash: string;
  /** The password was set by someone else and must be replaced before anything else. */
  readonly passwordChangeRequired: boolean;
  /** Until when that password can be used; null: for good. */
  readonly passwordExpiresAt: Date | null;
  readonly disabledAt: Date | null;
  /** When a session was last opened for them; null: not since that is remembered; undefined: it is not. */
  readonly lastLoginAt?: Date | null;
  /** Names, in alphabetical order. */
  readonly roles: readonly string[];
  /** The union of the roles' scopes, in alphabetical order. */
  readonly scopes: readonly string[];
  /** A team's own fields. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An account that is about to be made. */
export interface NewUser {
  readonly name: string | null;
  readonly email: string;
  readonly passwordHash: string;
  readonly passwordChangeRequired?: boolean;
  readonly passwordExpiresAt?: Date;
  /** The address is proved already. */
  readonly emailVerified?: boolean;
  /** A team's own fields. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly roles: readonly string[];
}

/** What a password is replaced by. */
export interface PasswordReplacement extends Pick<User, 'passwordHash' | 'passwordChangeRequired'> {
  /** Default: for good. */
  readonly passwordExpiresAt?: Date | null;
}

/** Whether the time is over in which a password that the user did not choose can be used. */
export function isPasswordExpired(
  { passwordExpiresAt }: Pick<User, 'passwordExpiresAt'>,
  now: number,
): boolean {
  return passwordExpiresAt !== null && passwordExpiresAt.getTime() <= now;
}

/** What begins the hash of who has none here. */
export const NO_PASSWORD = '$none$';

/** In place of a hash, for a user whose password is kept elsewhere: none fits it. No two are the same, as with hashes. */
export function noPassword(): string {
  return `${NO_PASSWORD}${randomBytes(16).toString('base64url')}`;
}

/** What begins the hash of who has none yet. */
export const UNSET_PASSWORD = '!';

/** In place of a hash, for a user who has no password yet: none fits it, and "forgot password" sets one. No two are the same. */
export function unsetPassword(): string {
  return `${UNSET_PASSWORD}${randomBytes(16).toString('base64url')}`;
}

/** Whether there is a hash that some password fits. */
export function hasPasswordHash(user: Pick<User, 'passwordHash'>): boolean {
  return hasPassword(user) && !user.passwordHash.startsWith(UNSET_PASSWORD);
}

/** Whether the user has a password that is kept here. */
export function hasPassword({ passwordHash }: Pick<User, 'passwordHash'>): boolean {
  return !passwordHash.startsWith(NO_PASSWORD);
}

/** The role every registered user has; exists from the first migration. */
export const USER_ROLE = 'user';
/** The role that operates the service; exists from the first migration. */
export const ADMIN_ROLE = 'admin';

/** What e-mail addresses are compared and unique by: in lower case, the domain as DNS knows it (RFC 5891). */
export function emailKey(email: string): string {
  return comparableEmail(email);
}
