import { AccountRescueService } from '../../admin/account-rescue.service.js';
import { InitialAdminService } from '../../admin/initial-admin.service.js';
import { UserAdministrationService } from '../../admin/user-administration.service.js';
import { UserRolesService } from '../../admin/roles/user-roles.service.js';
import type { Command } from '../framework/command.js';
import { linkText } from './link-text.js';
import { namesIn } from './names-in.js';

const EMAIL = { name: 'e-mail' } as const;
const ROLE = { name: 'role' } as const;

export const USER_COMMANDS: readonly Command[] = [
  {
    name: 'users disable',
    arguments: [EMAIL],
    summary: 'The user cannot log in any more; all their sessions end.',
    run: async (context, input) => {
      const email = input.argument('e-mail');
      await (await context.service(UserAdministrationService)).disable(email);
      return { text: `${email} is disabled.`, data: { email, disabled: true } };
    },
  },
  {
    name: 'users enable',
    arguments: [EMAIL],
    summary: 'The user can log in again.',
    run: async (context, input) => {
      const email = input.argument('e-mail');
      await (await context.service(UserAdministrationService)).enable(email);
      return { text: `${email} is enabled.`, data: { email, disabled: false } };
    },
  },
  {
    name: 'users delete',
    arguments: [EMAIL],
    summary: 'The user is gone; all their sessions end. The last administrator stays.',
    confirmation: (input) => `Delete ${input.argument('e-mail')} for good?`,
    run: async (context, input) => {
      const email = input.argument('e-mail');
      await (await context.service(UserAdministrationService)).delete(email);
      return { text: `${email} is deleted.`, data: { email, deleted: true } };
    },
  },
  {
    name: 'users grant',
    arguments: [EMAIL, ROLE],
    summary: 'The user has the role; their access tokens die, a refresh brings one with it.',
    run: async (context, input) => {
      const [email, role] = [input.argument('e-mail'), input.argument('role')];
      await (await context.service(UserAdministrationService)).grantRole(email, role);
      return { text: `${email} has the role ${role}.`, data: { email, granted: role } };
    },
  },
  {
    name: 'users withdraw',
    arguments: [EMAIL, ROLE],
    summary: 'The user has the role no more; their access tokens die. The last administrator stays one.',
    run: async (context, input) => {
      const [email, role] = [input.argument('e-mail'), input.argument('role')];
      await (await context.service(UserAdministrationService)).withdrawRole(email, role);
      return { text: `${email} has the role ${role} no more.`, data: { email, withdrawn: role } };
    },
  },
  {
    name: 'users set-roles',
    arguments: [EMAIL, { name: 'roles' }],
    summary: 'The user has these roles, with commas between, and no others; their access tokens die.',
    run: async (context, input) => {
      const [email, wanted] = [input.argument('e-mail'), namesIn(input.argument('roles'))];
      const { roles } = await (await context.service(UserRolesService)).set(email, wanted);
      return { text: `${email} has the roles ${roles.join(', ')}.`, data: { email, roles } };
    },
  },
  {
    name: 'users reset-password',
    arguments: [EMAIL],
    summary: 'Mails the user a link to set a new password; the old one is none any more, all sessions end.',
    run: async (context, input) => {
      const email = input.argument('e-mail');
      await (await context.service(AccountRescueService)).startPasswordReset({ email });
      return { text: `${email} is sent a link to set a new password.`, data: { email, mailed: true } };
    },
  },
  {
    name: 'users reset-link',
    arguments: [EMAIL],
    summary: 'Prints a link to set a new password, once, where no mail goes out: who has it has the account.',
    run: async (context, input) => {
      const email = input.argument('e-mail');
      const { link, expiresAt } = await (
        await context.service(AccountRescueService)
      ).printResetLink({ email });
      const until = expiresAt.toISOString();
      return { text: linkText(link, until), data: { email, link, expiresAt: until } };
    },
  },
  {
    name: 'admin renew-password',
    summary: 'Another one-time password of the initial administrator, who has not chosen one yet.',
    run: async (context) => {
      const { email, password, expiresAt } = await (await context.service(InitialAdminService)).renew();
      const until = expiresAt.toISOString();
      return {
        text: `The one-time password of ${email} is ${password} until ${until}.`,
        data: { email, password, expiresAt: until },
      };
    },
  },
];
