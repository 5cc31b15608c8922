import { AccountRescueService } from '../../admin/account-rescue.service.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { UnopenedMails } from '../../mail/sending/unopened-mails.js';
import { UnopenedKeys } from '../../tokens/keys/unopened-keys.js';
import { TokenEvents } from '../../tokens/token-events.js';
import type { Command, CommandContext, CommandResult } from '../framework/command.js';

/** What makes a database usable again whose `APP_SECRET` is lost. Without `--force` it says what that would cost. */
export const LOST_SECRET_COMMAND: Command = {
  name: 'storage secret-lost',
  options: [{ name: 'force', summary: 'does it; without, it is only said what would go' }],
  summary: 'After APP_SECRET was lost: what it had sealed is given up, and all sessions end. Accounts stay.',
  run: async (context, input) => {
    const database = await context.database();
    const { tokens } = context.config;
    const keys = new UnopenedKeys(database, tokens);
    const mails = new UnopenedMails(database, tokens);
    return input.flag('force') ? giveUp(context, keys, mails) : tell(keys, mails);
  },
};

async function tell(keys: UnopenedKeys, mails: UnopenedMails): Promise<CommandResult> {
  const kids = (await keys.find()).map(({ kid }) => kid);
  const waiting = await mails.count();
  return {
    text:
      `${kids.length} signing keys and ${waiting} waiting mails do not open with this APP_SECRET. Nothing was changed.\n` +
      'If the one that they were sealed with is lost for good, stop all instances and add --force: ' +
      'they are given up, and all users have to log in again.',
    data: { kids, mails: waiting, done: false },
  };
}

async function giveUp(
  context: CommandContext,
  keys: UnopenedKeys,
  mails: UnopenedMails,
): Promise<CommandResult> {
  const kids = await keys.giveUp();
  const gone = await mails.giveUp();
  // The application makes a new key as it starts, which it could not beside those.
  const work = await context.service(UnitOfWork);
  const events = await context.service(TokenEvents);
  await work.run(async (transaction) => {
    // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other, in one transaction
    for (const kid of kids) await events.signingKeyRevoked(kid, transaction);
  });
  const sessions = await (await context.service(AccountRescueService)).endSessionsOfAll();
  return {
    text: `${kids.length} signing keys and ${gone} waiting mails were given up; ${sessions} sessions have ended. All users have to log in again.`,
    data: { kids, mails: gone, sessions, done: true },
  };
}
