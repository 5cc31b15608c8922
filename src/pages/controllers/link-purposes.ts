import type { RegistrationConfig } from '../../config/config.js';
import type { Form } from '../form-of.js';
import type { KnownFields } from '../rendering/known-fields.js';
import type { FormField } from '../rendering/page-form.js';
import type { Say } from '../rendering/page-view.js';

/** What a mailed link's page is for: the words that begin with it, the route of the API, and where it leads. */
export interface LinkPurpose {
  readonly path: string;
  readonly words: string;
  readonly route: string;
  /** Where to go on; without, the page says that it is done. */
  readonly leadsTo?: string;
  readonly fields: (known: KnownFields, form: Form) => readonly FormField[];
}

export const RESET: LinkPurpose = {
  path: '/reset-password',
  words: 'reset',
  route: 'auth/password/reset',
  leadsTo: '/account/sign-in?note=reset',
  fields: (known) => [known.newPassword()],
};
export const VERIFY: LinkPurpose = {
  path: '/verify-email',
  words: 'verify',
  route: 'auth/email/verify',
  fields: (known) => [known.password()],
};
export const CONFIRM_EMAIL: LinkPurpose = {
  path: '/confirm-email',
  words: 'confirm-email',
  route: 'auth/email/confirm',
  fields: (known) => [known.password()],
};
export const CONFIRM_REGISTRATION: LinkPurpose = {
  path: '/confirm-registration',
  words: 'confirm-registration',
  route: 'auth/register/confirm',
  leadsTo: '/account',
  fields: (known, form) => [known.name(form['name']), known.newPassword('password', 'password')],
};
export const ACCEPT_INVITATION: LinkPurpose = {
  path: '/accept-invitation',
  words: 'accept-invitation',
  route: 'auth/invitation/accept',
  leadsTo: '/account',
  fields: (known, form) => [known.name(form['name']), known.newPassword('password', 'password')],
};

/** Where a session is as good as the password. */
export const PROVED_BY_SESSION: ReadonlySet<LinkPurpose> = new Set([VERIFY, CONFIRM_EMAIL]);
/** Where an account is made. */
export const MAKES_ACCOUNT: ReadonlySet<LinkPurpose> = new Set([CONFIRM_REGISTRATION, ACCEPT_INVITATION]);

/** Whether no account is made by such a link any more, as the API decides it. */
export function isClosed(purpose: LinkPurpose, { mode }: RegistrationConfig): boolean {
  if (purpose === ACCEPT_INVITATION) return mode === 'closed';
  return purpose === CONFIRM_REGISTRATION && (mode === 'closed' || mode === 'invite-only');
}

/** What is said before the form. @param isProved whether the reader is signed in */
export function introOf(t: Say, purpose: LinkPurpose, isProved: boolean): string[] {
  if (purpose === RESET) return [];
  if (PROVED_BY_SESSION.has(purpose)) return [t(isProved ? 'verify.intro.signed-in' : 'verify.intro')];
  return [t(`${purpose.words}.intro`)];
}
