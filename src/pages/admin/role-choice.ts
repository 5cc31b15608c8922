import { ADMIN_SCOPES, type Role } from '../../users/role.js';
import { ADMIN_ROLE } from '../../users/user.js';
import type { Form } from '../form-of.js';
import type { FormField } from '../rendering/page-form.js';
import type { Say } from '../rendering/page-view.js';
import type { Viewer } from '../viewer.js';
import type { SeenUser } from './seen-user.js';

const ADMINISTRATIVE: ReadonlySet<string> = new Set(ADMIN_SCOPES);
const BOX = 'role.';
/** Of the form that holds all roles: a box that is not ticked is not sent. No field of a team's begins with `_`. */
const CHOICE = '_choice';

interface Choice {
  readonly fields: FormField[];
  readonly hidden: Readonly<Record<string, string>>;
}

/**
 * A box for each role that there is. Those that the viewer may neither give nor take away cannot be ticked, and stay as they are.
 */
export function roleChoice(t: Say, viewer: Viewer, user: SeenUser, roles: readonly Role[]): Choice {
  const boxes = roles.map((role) => {
    const name = BOX + role.name;
    const isHeld = user.roles.includes(role.name);
    const disabled = !mayAssign(viewer, role, user);
    const hint = [describedIn(t, role), disabled ? t('admin.roles.locked') : ''].filter(Boolean).join(' ');
    return { name, label: role.name, isHeld, disabled, hint: hint || undefined };
  });
  const kept = boxes.filter(({ disabled, isHeld }) => disabled && isHeld);
  return {
    fields: boxes.map(({ name, label, isHeld, disabled, hint }) => {
      return { name, type: 'checkbox', label, value: String(isHeld), disabled, hint };
    }),
    hidden: { [CHOICE]: 'roles', ...Object.fromEntries(kept.map(({ name }) => [name, 'true'])) },
  };
}

/** Of the roles that Latchkey makes, as it describes them itself. */
const OURS: ReadonlyMap<string, string> = new Map([
  ['Everyone who registered.', 'role.user'],
  ['Operates the service.', 'role.admin'],
]);

/** What a role is for, in the language of the page where the words are ours. */
function describedIn(t: Say, { name, description }: Role): string {
  const key = OURS.get(description);
  return key === `role.${name}` ? t(key) : description;
}

/** The roles that are ticked. @returns undefined if the form has no boxes */
export function chosenRoles(form: Form): string[] | undefined {
  if (form[CHOICE] === undefined) return undefined;
  return Object.keys(form)
    .filter((name) => name.startsWith(BOX) && form[name] === 'true')
    .map((name) => name.slice(BOX.length));
}

/** Whether the API is likely to let them, by its rule of who gives a role (docs/administration.md). */
function mayAssign(viewer: Viewer, { name, scopes }: Role, user: SeenUser): boolean {
  const isAdministrator = viewer.scopes.includes('admins:write');
  if (name === ADMIN_ROLE && !isAdministrator) return false;
  if (scopes.length === 0) return isAdministrator || viewer.roles.includes(name);
  const isAnother = user.id !== viewer.id;
  return scopes.every(
    (scope) => viewer.scopes.includes(scope) || (isAdministrator && isAnother && !ADMINISTRATIVE.has(scope)),
  );
}
