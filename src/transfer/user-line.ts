import { randomUUID } from 'node:crypto';
import { HashRefusedError } from '../auth/passwords/formats/stored-hash.js';
import { readHash } from '../auth/passwords/formats/read-hash.js';
import { emailProblem } from '../common/validation/email-address.js';
import { isInstant } from '../common/validation/instant.js';
import { personNameProblem } from '../common/validation/text.js';
import type { UserRecord } from '../users/user-batches.js';
import { unsetPassword, USER_ROLE } from '../users/user.js';
import { fieldsOf } from './fields-of-line.js';
import { LineProblem, type LineProblemCode } from './line-problem.js';
import { mappedId } from './mapped-id.js';

/** A user as a line has them; all but the address may be left out. */
export interface UserLine {
  readonly id?: string;
  readonly email: string;
  readonly name?: string | null;
  readonly emailVerified?: boolean;
  readonly disabled?: boolean;
  /** RFC 3339. */
  readonly createdAt?: string;
  /** Default: `user`. */
  readonly roles?: readonly string[];
  readonly passwordHash?: string | null;
  /** A team's own fields. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** What lines are held against. */
export interface LineRules {
  /** Milliseconds. */
  readonly now: number;
  readonly roles: ReadonlySet<string>;
  /** Own fields that users are found by. */
  readonly indexedFields: ReadonlySet<string>;
  /** Of bcrypt over HMAC-SHA-256, which the settings may make dearer. */
  readonly maxOwnCost: number;
  /** Whether ids that are no UUIDs become some. */
  readonly mapIds: boolean;
}

/** A user to be written. */
export interface ImportedUser {
  readonly record: UserRecord;
  /** Whether the id is the line's, or made of it: the same each time. */
  readonly ownId: boolean;
  readonly weakness: 'fast' | 'unsalted' | undefined;
  readonly hasPassword: boolean;
}

const MEMBERS: ReadonlySet<string> = new Set<keyof UserLine>([
  'id',
  'email',
  'name',
  'emailVerified',
  'disabled',
  'createdAt',
  'roles',
  'passwordHash',
  'fields',
]);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ID_MAX_LENGTH = 255;

/** @throws LineProblem */
export function readUserLine(value: unknown, rules: LineRules): ImportedUser {
  const line = membersOf(value);
  const { email, createdAt, disabled, emailVerified, passwordHash } = line;
  demand('EMAIL_INVALID', 'email', typeof email === 'string' ? emailProblem(email) : 'be a text');
  const now = new Date(rules.now);
  const hash = isNone(passwordHash) ? undefined : hashOf(passwordHash, rules.maxOwnCost);
  return {
    record: {
      id: idOf(line['id'], rules.mapIds),
      email: email as string,
      name: nameOf(line['name']),
      emailVerifiedAt: isSet(emailVerified, 'emailVerified') ? now : null,
      disabledAt: isSet(disabled, 'disabled') ? now : null,
      passwordHash: hash?.text ?? unsetPassword(),
      attributes: fieldsOf(line['fields'], rules.indexedFields),
      roles: rolesOf(line['roles'], rules.roles),
      createdAt: createdAt === undefined ? now : instantOf(createdAt, rules.now),
      updatedAt: now,
    },
    ownId: line['id'] !== undefined,
    weakness: hash?.weakness,
    hasPassword: hash !== undefined,
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LineProblem('NOT_A_USER', 'This is no JSON object.');
  }
  if (Object.keys(value).some((member) => !MEMBERS.has(member))) {
    throw new LineProblem('MEMBER_UNKNOWN', `There is a member other than ${[...MEMBERS].join(', ')}.`);
  }
  return { ...value };
}

function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function nameOf(value: unknown): string | null {
  if (isNone(value)) return null;
  demand('MEMBER_INVALID', 'name', typeof value === 'string' ? personNameProblem(value) : 'be a text');
  return value as string;
}

function demand(code: LineProblemCode, member: string, problem: string | undefined): void {
  if (problem !== undefined) throw new LineProblem(code, `${member} must ${problem}.`);
}

function isSet(value: unknown, member: string): boolean {
  demand(
    'MEMBER_INVALID',
    member,
    value === undefined || typeof value === 'boolean' ? undefined : 'be true or false',
  );
  return value === true;
}

function instantOf(value: unknown, now: number): Date {
  const problem =
    typeof value === 'string' && isInstant(value)
      ? Date.parse(value) > now && 'not lie in the future'
      : 'be a time such as 2026-01-31T12:00:00Z';
  demand('MEMBER_INVALID', 'createdAt', problem || undefined);
  return new Date(value as string);
}

function idOf(value: unknown, mapIds: boolean): string {
  if (value === undefined) return randomUUID();
  if (typeof value === 'string' && UUID.test(value)) return value.toLowerCase();
  if (!mapIds) throw new LineProblem('ID_INVALID', 'id must be a UUID; --map-ids makes one of any other.');
  if (typeof value === 'string' && value !== '' && value.length <= ID_MAX_LENGTH) return mappedId(value);
  throw new LineProblem('ID_INVALID', `id must be a text of 1 to ${ID_MAX_LENGTH} characters.`);
}

function rolesOf(value: unknown, known: ReadonlySet<string>): string[] {
  if (value === undefined) return [USER_ROLE];
  const isList = Array.isArray(value) && value.every((role) => typeof role === 'string');
  demand('MEMBER_INVALID', 'roles', isList ? undefined : 'be a list of names');
  const names = [...new Set(value as string[])];
  if (names.every((role) => known.has(role))) return names;
  throw new LineProblem('ROLE_UNKNOWN', 'There is no role of one of these names.');
}

function hashOf(value: unknown, maxOwnCost: number): { text: string; weakness: ImportedUser['weakness'] } {
  if (typeof value !== 'string') throw new LineProblem('HASH_MALFORMED', 'passwordHash must be a text.');
  try {
    return { text: value, weakness: readHash(value, maxOwnCost).weakness };
  } catch (error) {
    if (!(error instanceof HashRefusedError)) throw error;
    throw new LineProblem(error.code, error.message);
  }
}
