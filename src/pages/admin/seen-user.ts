import type { Say } from '../rendering/page-view.js';

/** A user as the API tells administrators of them, with a team's own fields. */
export interface SeenUser {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly name: string | null;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastLoginAt: string | null;
}

/** What is to be seen of them at once. */
export function tagsOf(t: Say, user: SeenUser): { text: string; bad: boolean }[] {
  return [
    ...(user.disabled ? [{ text: t('admin.is-disabled'), bad: true }] : []),
    ...(user.emailVerified ? [] : [{ text: t('admin.is-unverified'), bad: false }]),
  ];
}
