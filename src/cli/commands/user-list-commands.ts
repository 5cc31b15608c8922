import { NotFoundError } from '../../common/errors/latchkey-error.js';
import type { User } from '../../users/user.js';
import {
  USER_SORTS,
  type UserListPosition,
  type UserListQuery,
  type UserSort,
} from '../../users/user-list.js';
import { UsersRepository } from '../../users/users.repository.js';
import type { Command } from '../framework/command.js';
import type { CommandInput } from '../framework/command-input.js';
import { textTable } from '../framework/text-table.js';

const MOST = 10_000;
const PAGE = 200;
const YES_OR_NO = ['yes', 'no'] as const;

export const USER_LIST_COMMANDS: readonly Command[] = [
  {
    name: 'users list',
    options: [
      { name: 'search', value: 'words', summary: 'each begins a word of the name or the address' },
      { name: 'role', value: 'role', summary: 'those who have it' },
      { name: 'disabled', value: 'yes-or-no', summary: 'whether they are', choices: YES_OR_NO },
      { name: 'verified', value: 'yes-or-no', summary: 'whether their address is', choices: YES_OR_NO },
      { name: 'sort', value: 'by', summary: 'createdAt by default', choices: USER_SORTS },
      { name: 'descending', summary: 'the last first' },
      { name: 'limit', value: 'count', summary: 'how many at most, 50 by default', atMost: MOST },
    ],
    summary: 'Users, all or those who match.',
    run: async (context, input) => {
      const limit = Number(input.option('limit') ?? 50);
      const users = await found(await context.service(UsersRepository), queryOf(input), limit);
      const data = users.map(userData);
      const rows = data.map((user) => [
        user.email,
        user.name,
        user.roles.join(', '),
        user.disabled ? 'disabled' : user.emailVerified ? 'verified' : 'unverified',
        user.createdAt,
        user.lastLoginAt,
        user.id,
      ]);
      return {
        text: textTable(['e-mail', 'name', 'roles', 'state', 'since', 'last login', 'id'], rows),
        data,
      };
    },
  },
  {
    name: 'users show',
    arguments: [{ name: 'e-mail' }],
    summary: 'What is known of the user: name, roles, state, last login.',
    run: async (context, input) => {
      const user = await (await context.service(UsersRepository)).findByEmail(input.argument('e-mail'));
      if (!user) throw new NotFoundError('There is no user with this e-mail address.');
      const data = userData(user);
      const rows = Object.entries(data).map(([name, value]) => [name, value === null ? null : String(value)]);
      return { text: textTable(['field', 'value'], rows), data };
    },
  },
];

function queryOf(input: CommandInput): Omit<UserListQuery, 'limit' | 'after'> {
  const [search, role] = [input.option('search'), input.option('role')];
  const [disabled, verified] = [input.option('disabled'), input.option('verified')];
  return {
    ...(search !== undefined && { search }),
    ...(role !== undefined && { role }),
    ...(disabled !== undefined && { disabled: disabled === 'yes' }),
    ...(verified !== undefined && { verified: verified === 'yes' }),
    // One of the choices.
    sort: (input.option('sort') ?? 'createdAt') as UserSort,
    descending: input.flag('descending'),
  };
}

/** Page by page: one may be empty although there is a next. */
async function found(
  users: UsersRepository,
  query: Omit<UserListQuery, 'limit' | 'after'>,
  limit: number,
  after?: UserListPosition,
): Promise<User[]> {
  const page = await users.list({ ...query, limit: Math.min(limit, PAGE), ...(after && { after }) });
  const left = limit - page.users.length;
  if (left <= 0 || page.next === undefined) return [...page.users];
  return [...page.users, ...(await found(users, query, left, page.next))];
}

type UserData = Readonly<{
  id: string;
  email: string;
  name: string | null;
  emailVerified: boolean;
  roles: readonly string[];
  disabled: boolean;
  createdAt: string;
  /** null: never, or not known. */
  lastLoginAt: string | null;
}>;

function userData(user: User): UserData {
  const { id, email, name, emailVerifiedAt, roles, disabledAt, createdAt } = user;
  return {
    id,
    email,
    name,
    emailVerified: emailVerifiedAt !== null,
    roles,
    disabled: disabledAt !== null,
    createdAt: createdAt.toISOString(),
    lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
  };
}
