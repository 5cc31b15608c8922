import type { User } from './user.js';

/** What a list of users is in the order of. Users without a login come before all others; ids decide between equals. */
export type UserSort = 'createdAt' | 'email' | 'lastLoginAt';

export const USER_SORTS = ['createdAt', 'email', 'lastLoginAt'] as const satisfies readonly UserSort[];

/** Which users are listed; what is left out does not matter. */
export interface UserFilter {
  /** Words: users of whom each begins a word of the name or of the address, without regard to case and accents. */
  readonly search?: string;
  /** Name of a role that they have. */
  readonly role?: string;
  readonly disabled?: boolean;
  /** Whether the address is verified. */
  readonly verified?: boolean;
}

/** A place between two users of a list. */
export interface UserListPosition {
  /** What the user before it is sorted by: an instant as ISO 8601, an address as it is compared; null: no login. */
  readonly key: string | null;
  /** The user's id. */
  readonly id: string;
}

/** A page of users. */
export interface UserListQuery extends UserFilter {
  readonly sort: UserSort;
  readonly descending: boolean;
  /** Where the page before ended; undefined: from the beginning. */
  readonly after?: UserListPosition;
  readonly limit: number;
}

/** What is found of a page. */
export interface UserList {
  /** `limit` at most; fewer, or none, also where looking on would take too long: `next` says where to go on. */
  readonly users: readonly User[];
  /** Where the next page begins; undefined: there is none. */
  readonly next: UserListPosition | undefined;
}
