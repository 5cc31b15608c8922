import type { Role } from '../../users/role.js';
import { ADMIN_ROLE } from '../../users/user.js';
import type { ApiAnswer, ApiCall } from '../api/page-api.js';
import type { Form } from '../form-of.js';
import type { FormField } from '../rendering/page-form.js';
import type { Say } from '../rendering/page-view.js';
import { withErrors } from '../rendering/problem-text.js';
import type { Viewer } from '../viewer.js';
import { filledAgain, firstValues, isTouched } from './first-values.js';
import type { Section } from './section.js';
import { chosenRoles, roleChoice } from './role-choice.js';
import type { SeenUser } from './seen-user.js';

const VERSION = /^[\w-]{1,64}$/;

/** An `ETag` as forms hold it. */
function versionIn(etag = ''): string {
  return etag.replaceAll('"', '');
}

/** Names that no field of a team's has: none begins with `_`. */
const ETAG = '_version';
const HELD = '_held';

/** Whether a field that the form leaves empty had a value, and so loses it. */
export function takesBack(form: Form): (field: string) => boolean {
  const held = new Set(form[HELD]?.split(' '));
  return (field) => held.has(field);
}

/** The change that a form asks for: what it has no field for stays, and what was not touched. @param own values of a team's own fields in it */
export function changeOf(id: string, form: Form, own: Readonly<Record<string, unknown>>): ApiCall {
  const { [ETAG]: version = '', name, email } = form;
  const roles = chosenRoles(form) ?? form['roles']?.split(/[\s,]+/).filter(Boolean);
  const details = {
    ...(name !== undefined && { name: name === '' ? null : name }),
    ...(email !== undefined && { email }),
    // A box that is not ticked is not sent.
    ...(name !== undefined && { ...own, disabled: form['disabled'] === 'true' }),
  };
  const touched = Object.entries(details).filter(([field]) => isTouched(form, field));
  const body = { ...Object.fromEntries(touched), ...(roles !== undefined && { roles }) };
  const ifMatch = VERSION.test(version) ? `"${version}"` : '""';
  return { method: 'PATCH', route: `admin/users/${id}`, body, ifMatch };
}

interface Seen {
  readonly user: SeenUser;
  readonly etag: string | undefined;
  readonly path: string;
  readonly typed?: Form;
  /** Undefined: not known, and so typed. */
  readonly roles: readonly Role[] | undefined;
  /** A team's own fields, as they are. */
  readonly own: readonly FormField[];
  readonly refused?: ApiAnswer | undefined;
}

/** Forms for what the viewer may change of a user. What was refused stays in them: `typed`. */
export function changeSections(
  t: Say,
  viewer: Viewer,
  { user, etag, path, typed = {}, refused, roles, own }: Seen,
): Section[] {
  const form = (
    fields: readonly FormField[],
    submit: string,
    hidden: Readonly<Record<string, string>>,
    legend?: string,
  ) => ({
    action: `${path}/change`,
    fields: refused ? withErrors(t, filledAgain(t, fields, typed), refused) : fields,
    legend,
    submit: t(submit),
    hidden: { [ETAG]: versionIn(etag), ...hidden, ...firstValues(fields) },
  });
  const isViewer = user.id === viewer.id;
  const fields: FormField[] = [
    { name: 'name', type: 'text', label: t('name'), value: user.name ?? '' },
    // The own address is changed with the password, on the profile.
    ...(isViewer
      ? []
      : [
          {
            name: 'email',
            type: 'email' as const,
            label: t('email'),
            value: user.email,
            hint: t('admin.email.hint'),
            required: true,
          },
        ]),
    ...own,
    { name: 'disabled', type: 'checkbox', label: t('admin.disabled'), value: String(user.disabled) },
  ];
  const held = own.filter(({ name }) => user[name] !== null && user[name] !== undefined);
  const choice = roles ? roleChoice(t, viewer, user, roles) : { fields: [typedRoles(t, user)], hidden: {} };
  return [
    ...(viewer.scopes.includes('users:write')
      ? [
          {
            heading: t('admin.change'),
            form: form(fields, 'profile.submit', { [HELD]: held.map(({ name }) => name).join(' ') }),
          },
        ]
      : []),
    ...(viewer.scopes.includes('roles:write')
      ? [
          {
            heading: t('admin.roles'),
            form: form(choice.fields, 'admin.roles.submit', choice.hidden, roles && t('admin.roles')),
          },
        ]
      : []),
  ];
}

/** For who may set roles and not list them. */
function typedRoles(t: Say, user: SeenUser): FormField {
  return {
    name: 'roles',
    type: 'text',
    label: t('admin.roles'),
    value: user.roles.join(', '),
    hint: t('admin.roles.hint'),
  };
}

/** What helps a user, and the way to be rid of them. */
export function helpSections(t: Say, { id, scopes }: Viewer, user: SeenUser, path: string): Section[] {
  if (!scopes.includes('users:write')) return [];
  const section = (name: string): Section => ({
    heading: t(`admin.${name}`),
    intro: t(`admin.${name}.intro`),
    form: { action: `${path}/${name}`, fields: [], submit: t(`admin.${name}`) },
  });
  const removal = {
    heading: t('admin.delete'),
    links: [{ href: `${path}/delete`, text: t('admin.delete') }],
  };
  return [section('unlock'), ...(user.id === id ? [] : [section('reset'), removal])];
}

/** Whether it is worth a try: administrators are changed by who may change administrators. */
export function mayChange({ id, scopes }: Viewer, user: SeenUser): boolean {
  return id === user.id || !user.roles.includes(ADMIN_ROLE) || scopes.includes('admins:write');
}
