import { AccountRescueService } from '../../admin/account-rescue.service.js';
import type { Command } from '../framework/command.js';

export const SESSION_COMMANDS: readonly Command[] = [
  {
    name: 'sessions end',
    arguments: [{ name: 'e-mail' }],
    summary: 'Ends all sessions of the user; their access tokens die.',
    run: async (context, input) => {
      const email = input.argument('e-mail');
      await (await context.service(AccountRescueService)).endSessions({ email });
      return { text: `All sessions of ${email} have ended.`, data: { email, ended: true } };
    },
  },
  {
    name: 'sessions end-all',
    summary: 'Ends all sessions of all users; all access tokens die.',
    run: async (context) => {
      const ended = await (await context.service(AccountRescueService)).endSessionsOfAll();
      return { text: `${ended} sessions have ended. All users have to log in again.`, data: { ended } };
    },
  },
];
