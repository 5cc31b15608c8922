import { Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import { logFailure } from '../../common/errors/log-failure.js';
import {
  AccountThrottle,
  type Attempt,
  type ThrottleSubject,
} from '../../throttling/account/account-throttle.js';
import { ThrottleAudit } from '../audit/throttle-audit.js';
import type { AnswerDecision, Login, LoginDecision } from './login-gate.js';
import { LoginChallengeFailedError } from './login-gate.errors.js';

const OUTCOMES: ReadonlySet<unknown> = new Set(['allow', 'deny', 'challenge', 'wrong']);

/**
 * Lets wrong answers wait longer and longer, as wrong passwords do: by account, however many logins they complete, and apart
 * from passwords, so that each is guessed by itself. A device that logged in before is counted apart.
 */
@Injectable()
export class AnswerAttempts {
  private readonly logger = new Logger('Login');

  constructor(
    private readonly throttle: AccountThrottle,
    private readonly waiting: ThrottleAudit,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
  ) {}

  /**
   * @throws LoginChallengeFailedError if the answer is wrong
   * @throws AccountThrottledError without having called `check`
   */
  async run(login: Login, check: () => Promise<AnswerDecision>): Promise<LoginDecision> {
    const { user, client, deviceId } = login;
    const guessed: ThrottleSubject = { kind: 'challenge', id: `${user.id}\0${deviceId ?? ''}` };
    const begun = this.throttle.begin(guessed);
    const attempt = await this.waiting.observe(begun, guessed, client, () =>
      this.failure(login, 'throttled'),
    );
    let decision: AnswerDecision;
    try {
      decision = await check();
      if (!OUTCOMES.has(decision.outcome)) throw new TypeError('The login gate gave no decision.');
    } catch (error) {
      // It told the caller nothing.
      await attempt.refund();
      throw error;
    }
    if (decision.outcome !== 'wrong') {
      await attempt.refund();
      return decision;
    }
    await attempt.fail();
    await this.recordFailure(login, attempt);
    throw new LoginChallengeFailedError();
  }

  /** No one is let in, whether or not it can be written down. */
  private async recordFailure(login: Login, attempt: Attempt): Promise<void> {
    const { user, client } = login;
    const record = async () => {
      await this.audit.record(this.failure(login, 'wrong_answer'));
      if (!attempt.throttling || !(await attempt.claimNotice())) return;
      await this.audit.record(this.identifiers.eventOf('account.throttled', user.email, user, client));
    };
    await logFailure(this.logger, 'A wrong answer could not be recorded', record, client);
  }

  private failure({ user, client }: Login, reason: string) {
    return this.identifiers.eventOf('login.failed', user.email, user, client, reason);
  }
}
