import { AccountRescueService } from '../../admin/account-rescue.service.js';
import { deviceOf } from '../../common/device.js';
import type { Command } from '../framework/command.js';
import { textTable } from '../framework/text-table.js';

const MOST = 1_000;
/** No address is one. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const SESSION_COMMANDS: readonly Command[] = [
  {
    name: 'sessions list',
    arguments: [{ name: 'e-mail' }],
    options: [{ name: 'limit', value: 'count', summary: 'how many at most, 100 by default', atMost: MOST }],
    summary: 'The open sessions of the user, the most recently used first.',
    run: async (context, input) => {
      const email = input.argument('e-mail');
      const page = { limit: Number(input.option('limit') ?? 100) };
      const sessions = await (await context.service(AccountRescueService)).listSessions({ email }, page);
      const data = sessions.map(({ id, clientId, ip, userAgent, createdAt, lastUsedAt }) => ({
        id,
        client: clientId,
        ip,
        device: deviceOf(userAgent),
        userAgent,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt.toISOString(),
      }));
      const rows = data.map((one) => [
        one.id,
        one.lastUsedAt,
        one.createdAt,
        one.ip,
        one.client,
        one.device ?? one.userAgent,
      ]);
      return { text: textTable(['id', 'last used', 'opened', 'address', 'client', 'device'], rows), data };
    },
  },
  {
    name: 'sessions end',
    arguments: [{ name: 'e-mail or session id' }],
    summary: 'Ends all sessions of the user, or the one; their access tokens die.',
    run: async (context, input) => {
      const email = input.argument('e-mail or session id');
      if (UUID.test(email)) {
        await (await context.service(AccountRescueService)).endSessionById(email.toLowerCase());
        return { text: `The session ${email} has ended.`, data: { session: email, ended: true } };
      }
      await (await context.service(AccountRescueService)).endSessions({ email });
      return { text: `All sessions of ${email} have ended.`, data: { email, ended: true } };
    },
  },
  {
    name: 'sessions end-all',
    summary: 'Ends all sessions of all users; all access tokens die.',
    confirmation: () => 'End all sessions of all users?',
    run: async (context) => {
      const ended = await (await context.service(AccountRescueService)).endSessionsOfAll();
      return { text: `${ended} sessions have ended. All users have to log in again.`, data: { ended } };
    },
  },
];
