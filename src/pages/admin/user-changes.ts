import { ADMIN_ROLE } from '../../users/user.js';
import type { ApiAnswer, ApiCall } from '../api/page-api.js';
import type { Form } from '../form-of.js';
import type { FormField } from '../rendering/page-form.js';
import type { Say } from '../rendering/page-view.js';
import { withErrors } from '../rendering/problem-text.js';
import type { Viewer } from '../viewer.js';
import type { Section } from './section.js';
import type { SeenUser } from './seen-user.js';

const VERSION = /^[\w-]{1,64}$/;

/** An `ETag` as forms hold it. */
function versionIn(etag = ''): string {
  return etag.replaceAll('"', '');
}

/** The change that a form asks for: what it has no field for stays. */
export function changeOf(id: string, form: Form): ApiCall {
  const { version = '', name, email, roles } = form;
  const body = {
    ...(name !== undefined && { name: name === '' ? null : name }),
    ...(email !== undefined && { email }),
    // A box that is not ticked is not sent.
    ...(name !== undefined && { disabled: form['disabled'] === 'true' }),
    ...(roles !== undefined && { roles: roles.split(/[\s,]+/).filter(Boolean) }),
  };
  const ifMatch = VERSION.test(version) ? `"${version}"` : '""';
  return { method: 'PATCH', route: `admin/users/${id}`, body, ifMatch };
}

interface Seen {
  readonly user: SeenUser;
  readonly etag: string | undefined;
  readonly path: string;
  readonly typed?: Form;
  readonly refused?: ApiAnswer | undefined;
}

/** Forms for what the viewer may change of a user. What was refused stays in them: `typed`. */
export function changeSections(
  t: Say,
  viewer: Viewer,
  { user, etag, path, typed = {}, refused }: Seen,
): Section[] {
  const form = (fields: FormField[], submit: string) => ({
    action: `${path}/change`,
    fields: refused ? withErrors(t, fields, refused) : fields,
    submit: t(submit),
    hidden: { version: versionIn(etag) },
  });
  const isTyped = typed['name'] !== undefined;
  const disabled = isTyped ? typed['disabled'] === 'true' : user.disabled;
  const own = user.id === viewer.id;
  const fields: FormField[] = [
    { name: 'name', type: 'text', label: t('name'), value: typed['name'] ?? user.name ?? '' },
    // The own address is changed with the password, on the profile.
    ...(own
      ? []
      : [
          {
            name: 'email',
            type: 'email' as const,
            label: t('email'),
            value: typed['email'] ?? user.email,
            hint: t('admin.email.hint'),
            required: true,
          },
        ]),
    { name: 'disabled', type: 'checkbox', label: t('admin.disabled'), value: String(disabled) },
  ];
  const roles: FormField = {
    name: 'roles',
    type: 'text',
    label: t('admin.roles'),
    value: typed['roles'] ?? user.roles.join(', '),
    hint: t('admin.roles.hint'),
  };
  return [
    ...(viewer.scopes.includes('users:write')
      ? [{ heading: t('admin.change'), form: form(fields, 'profile.submit') }]
      : []),
    ...(viewer.scopes.includes('roles:write')
      ? [{ heading: t('admin.roles'), form: form([roles], 'admin.roles.submit') }]
      : []),
  ];
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
  return [section('unlock'), section('reset'), ...(user.id === id ? [] : [removal])];
}

/** Whether it is worth a try: administrators are changed by who may change administrators. */
export function mayChange({ id, scopes }: Viewer, user: SeenUser): boolean {
  return id === user.id || !user.roles.includes(ADMIN_ROLE) || scopes.includes('admins:write');
}
