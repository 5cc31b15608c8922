import { AccountCreation, type AccountToCreate } from '../../admin/users/account-creation.js';
import { USER_ROLE } from '../../users/user.js';
import type { Command } from '../framework/command.js';
import type { CommandInput } from '../framework/command-input.js';
import { readPassword } from '../framework/read-password.js';
import { linkText } from './link-text.js';
import { namesIn } from './names-in.js';

export const USER_CREATION_COMMAND: Command = {
  name: 'users create',
  arguments: [{ name: 'e-mail' }],
  options: [
    { name: 'name', value: 'name', summary: 'of the person' },
    { name: 'roles', value: 'roles', summary: 'all there are to be, with commas between; default: user' },
    { name: 'verified', summary: 'the address counts as verified' },
    {
      name: 'password-stdin',
      summary: 'the password is a line of standard input; a terminal is asked for it',
    },
    {
      name: 'print-link',
      notWith: 'password-stdin',
      summary: 'prints the link to choose a password in place of mailing it',
    },
  ],
  summary: 'An account. Its user is mailed a link to choose a password, unless an option says otherwise.',
  run: async (context, input) => {
    const email = input.argument('e-mail');
    const password = await passwordOf(input);
    const { user, link } = await (
      await context.service(AccountCreation)
    ).create({
      email,
      name: input.option('name') ?? null,
      emailVerified: input.flag('verified'),
      roles: namesIn(input.option('roles') ?? USER_ROLE),
      password,
    });
    const until = link?.expiresAt.toISOString();
    const made = `${email} has an account with the id ${user.id}.`;
    const mailed = password === 'mailed link';
    return {
      text:
        link && until !== undefined
          ? `${made}\n${linkText(link.link, until)}`
          : `${made}${mailed ? ' A link to choose a password is mailed.' : ''}`,
      data: {
        id: user.id,
        email,
        roles: user.roles,
        mailed,
        ...(link && until !== undefined && { link: link.link, expiresAt: until }),
      },
    };
  },
};

async function passwordOf(input: CommandInput): Promise<AccountToCreate['password']> {
  if (input.flag('password-stdin')) return { chosen: await readPassword() };
  return input.flag('print-link') ? 'printed link' : 'mailed link';
}
