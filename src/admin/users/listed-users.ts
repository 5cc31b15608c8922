import { Injectable } from '@nestjs/common';
import { OwnFields } from '../../auth/fields/own-fields.js';
import { SealedPositions } from '../../auth/lists/sealed-positions.js';
import { pageLimit } from '../../common/validation/page-limit.js';
import type { UserListPosition, UserListQuery, UserSort } from '../../users/user-list.js';
import { InvalidFieldsError } from '../../users/users.errors.js';
import { UsersRepository } from '../../users/users.repository.js';
import { AdminUserModel, type AdminUserPageModel } from './admin-user.model.js';
import type { UserQueryDto } from './user-query.dto.js';

/** Users as administrators look for them, in pages. */
@Injectable()
export class ListedUsers {
  constructor(
    private readonly users: UsersRepository,
    private readonly fields: OwnFields,
    private readonly positions: SealedPositions,
  ) {}

  /** @throws InvalidFieldsError for a cursor of another list; NotSupportedError */
  async page(query: UserQueryDto): Promise<AdminUserPageModel> {
    const { limit, cursor, field, value, ...filter } = query;
    const isByField = field !== undefined || value !== undefined;
    if (isByField && Object.values(filter).some((given) => given !== undefined))
      throw invalid('field', 'must not be given with search, role, disabled, verified or sort');
    const list = isByField ? { field, value } : listOf(filter);
    const after = cursor === undefined ? undefined : this.positions.open(cursor, list);
    if (cursor !== undefined && after === undefined)
      throw invalid('cursor', 'must be the nextCursor of the page before, with the same filters and sort');
    const page = { limit: pageLimit(limit), after: after as UserListPosition | undefined };
    const { users, next } = isByField
      ? await this.withValue(field, value, page)
      : await this.matching(listOf(filter), page);
    return { users, nextCursor: next ? this.positions.seal(next, list) : null };
  }

  private async matching(list: List, { limit, after }: Page) {
    const { users, next } = await this.users.list({ ...list, limit, ...(after && { after }) });
    const values = await Promise.all(users.map((user) => this.fields.of(user)));
    return { users: users.map((user, index) => AdminUserModel.of(user, values[index] ?? {})), next };
  }

  private async withValue(field: string | undefined, value: string | undefined, { limit, after }: Page) {
    if (field === undefined) throw invalid('field', 'must be given with value');
    if (value === undefined) throw invalid('value', 'must be given with field');
    const page = { limit: limit + 1, ...(after && { after: after.id }) };
    const found = await this.fields.search(field, value, page);
    const users = found.slice(0, limit).map(({ user, values }) => AdminUserModel.of(user, values));
    const last = found.length > limit ? users.at(-1) : undefined;
    return { users, next: last && { key: null, id: last.id } };
  }
}

type List = Omit<UserListQuery, 'after' | 'limit'>;

interface Page {
  readonly limit: number;
  readonly after: UserListPosition | undefined;
}

function listOf({ search, role, disabled, verified, sort = '-createdAt' }: UserQueryDto): List {
  return {
    ...(search !== undefined && { search }),
    ...(role !== undefined && { role }),
    ...(disabled !== undefined && { disabled: disabled === 'true' }),
    ...(verified !== undefined && { verified: verified === 'true' }),
    sort: sort.replace(/^-/, '') as UserSort,
    descending: sort.startsWith('-'),
  };
}

function invalid(field: string, must: string): InvalidFieldsError {
  return new InvalidFieldsError([{ field, message: `${field} ${must}` }]);
}
