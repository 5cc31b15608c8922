import { SystemClock } from '../../common/clock.js';
import type { LatchkeyConfig } from '../../config/config.js';
import type { DatabaseConnection } from '../../database/database.js';
import { FileSigningKeys } from '../../tokens/keys/file-signing-keys.js';
import { inspectSigningKeys } from '../../tokens/keys/inspect-signing-keys.js';
import type { Findings } from './finding.js';
import type { Check, Subject } from './subject.js';

/** Keys in files, and a shared secret. Those of the database are looked at with it. */
export const signingKeysCheck: Check = {
  name: 'signing keys',
  needs: ['SIGNING_KEY_FILES', 'SIGNING_ALG', 'JWT_SECRET'],
  look: async ({ config }, findings) => {
    const { signingAlg, signingKeyFiles } = config.tokens;
    if (signingAlg === 'HS256') findings.ok('Tokens are signed with JWT_SECRET.');
    else if (signingKeyFiles.length > 0) {
      const { current, all } = await new FileSigningKeys(config.tokens).load();
      findings.ok(
        `${current.alg} key ${current.kid} of ${signingKeyFiles.length} files signs; ${all.length} verify.`,
      );
    }
  },
};

/** Whether those of the database open, and are followed by others in time. */
export async function lookAtSigningKeys(
  connection: DatabaseConnection,
  { config, withoutSecret }: Subject,
  findings: Findings,
): Promise<void> {
  if (!areInDatabase(config)) return;
  const { count, closed, signerClosed, overdue } = await inspectSigningKeys(
    connection,
    config.tokens,
    new SystemClock(),
  );
  if (count === 0) findings.ok('There is none yet: the first start makes one.');
  else if (withoutSecret)
    findings.fail(
      'They are sealed with an APP_SECRET, and there is none here.',
      'Set the APP_SECRET that the server has; if it is lost, see docs/operations.md.',
    );
  else if (closed.length > 0)
    findings[signerClosed ? 'fail' : 'warn'](
      `${closed.join(', ')} ${closed.length === 1 ? 'does' : 'do'} not open with APP_SECRET.`,
      'Set the one that sealed them as APP_SECRET, or as APP_SECRET_PREVIOUS beside the new one.',
    );
  else findings.ok(`${count === 1 ? 'The one there is opens' : `All ${count} open`} with APP_SECRET.`);
  if (overdue)
    findings.warn(
      'The next one should be published by now.',
      'A server that runs does so within a second: start one, or look into its log.',
    );
}

function areInDatabase({ tokens }: LatchkeyConfig): boolean {
  return tokens.signingAlg !== 'HS256' && tokens.signingKeyFiles.length === 0;
}
