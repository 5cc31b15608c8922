import { ChangeRoleDto, CreateRoleDto } from '../../admin/roles/role.dto.js';
import { RoleAdministrationService } from '../../admin/roles/role-administration.service.js';
import { isAdministrative } from '../../admin/rights/reach.js';
import { ADMIN_SCOPES, type Role } from '../../users/role.js';
import { checkedBody } from './checked-body.js';
import type { Command, CommandOption } from '../framework/command.js';
import type { CommandInput } from '../framework/command-input.js';
import { textTable } from '../framework/text-table.js';
import { namesIn } from './names-in.js';

const ROLE = { name: 'role' } as const;
const OPTIONS: readonly CommandOption[] = [
  {
    name: 'scopes',
    value: 'scopes',
    summary: 'all that it allows, with commas between',
    neededWithout: 'without-scopes',
  },
  { name: 'without-scopes', notWith: 'scopes', summary: 'it allows none; its name alone counts' },
  { name: 'description', value: 'text', summary: 'for people' },
];

export const ROLE_COMMANDS: readonly Command[] = [
  {
    name: 'roles list',
    summary: 'The roles, and the scopes that each allows.',
    run: async (context) => {
      const data = (await (await context.service(RoleAdministrationService)).list()).map(dataOf);
      const rows = data.map(({ name, scopes, description }) => [name, scopes.join(', '), description]);
      return { text: textTable(['role', 'scopes', 'description'], rows), data };
    },
  },
  {
    name: 'roles create',
    arguments: [ROLE],
    options: OPTIONS,
    summary: 'A role, which can be granted then.',
    run: async (context, input) => {
      const {
        name,
        scopes,
        description = '',
      } = checkedBody(Object.assign(new CreateRoleDto(), { name: input.argument('role') }, changeOf(input)));
      const role = { name, scopes, description };
      const made = await (await context.service(RoleAdministrationService)).create(role);
      return { text: [`The role ${name} is made.`, ...hintsAt(scopes)].join('\n'), data: dataOf(made) };
    },
  },
  {
    name: 'roles set',
    arguments: [ROLE],
    options: OPTIONS,
    summary:
      'What the role allows from now on. Access tokens of who has it die; a refresh brings the new scopes.',
    run: async (context, input) => {
      const name = input.argument('role');
      const { scopes, description } = checkedBody(Object.assign(new ChangeRoleDto(), changeOf(input)));
      const change = { scopes, ...(description !== undefined && { description }) };
      const role = await (await context.service(RoleAdministrationService)).set(name, change);
      const text = `The role ${name} allows ${scopes.join(', ') || 'no scope'}.`;
      return { text: [text, ...hintsAt(scopes)].join('\n'), data: dataOf(role) };
    },
  },
  {
    name: 'roles delete',
    arguments: [ROLE],
    summary: 'The role is gone. No user may have it; neither admin nor user can be deleted.',
    confirmation: (input) => `Delete the role ${input.argument('role')}?`,
    run: async (context, input) => {
      const name = input.argument('role');
      await (await context.service(RoleAdministrationService)).delete(name);
      return { text: `The role ${name} is deleted.`, data: { role: name, deleted: true } };
    },
  },
];

function changeOf(input: CommandInput): Partial<ChangeRoleDto> {
  const [scopes, description] = [input.option('scopes'), input.option('description')];
  return {
    scopes: scopes === undefined ? [] : namesIn(scopes),
    ...(description !== undefined && { description }),
  };
}

/** What looks like a scope of administration, and is none: a slip, or an application's own. */
function hintsAt(scopes: readonly string[]): string[] {
  return scopes
    .filter((scope) => !isAdministrative(scope))
    .map((scope) => ({ scope, like: ADMIN_SCOPES.filter((known) => subjectOf(known) === subjectOf(scope)) }))
    .filter(({ like }) => like.length > 0)
    .map(({ scope, like }) => `${scope} opens nothing of Latchkey's, which has ${like.join(' and ')}.`);
}

/** e.g. `users` of `users:read` */
function subjectOf(scope: string): string | undefined {
  return /^([^:]+):/.exec(scope)?.[1];
}

function dataOf({ name, scopes, description }: Role): {
  name: string;
  scopes: string[];
  description: string;
} {
  return { name, scopes: [...scopes], description };
}
