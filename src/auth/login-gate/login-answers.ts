import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { AnswerAttempts } from './answer-attempts.js';
import { type AdmittedLogin, LoginAdmission } from './login-admission.js';
import { LoginChallenges } from './login-challenges.js';
import { type ChallengeAnswer, LoginGate } from './login-gate.js';

/** What a client sends to complete a login. */
export interface SentAnswer extends Pick<ChallengeAnswer, 'kind' | 'answer'> {
  readonly challengeToken: string;
}

/** Answers to what the gate asked for. */
@Injectable()
export class LoginAnswers {
  constructor(
    private readonly gate: LoginGate,
    private readonly challenges: LoginChallenges,
    private readonly attempts: AnswerAttempts,
    private readonly admission: LoginAdmission,
  ) {}

  /**
   * @throws LoginChallengeInvalidError
   * @throws LoginChallengeFailedError, AccountThrottledError: the token stays good
   * @throws LoginDeniedError, or LoginChallengeRequiredError if the gate asks for yet more: the token is used up
   */
  async accept({ challengeToken, kind, answer }: SentAnswer, client: ClientInfo): Promise<AdmittedLogin> {
    const pending = await this.challenges.find(challengeToken, client);
    const { login, challenges } = pending;
    const challenge = challenges.find((offered) => offered.kind === kind);
    if (!challenge) throw unknownKind(challenges.map((offered) => offered.kind));
    const { state = {} } = challenge;
    const decision = await this.attempts.run(login, async () =>
      this.gate.check({ login, kind, state, answer }),
    );
    // Of several right answers at once one goes on.
    await this.challenges.use(pending);
    return this.admission.conclude(login, decision);
  }
}

function unknownKind(kinds: readonly string[]): LatchkeyError {
  const fields = [{ field: 'kind', message: `kind must be ${kinds.join(' or ')}` }];
  return new LatchkeyError('VALIDATION_FAILED', 'The login did not ask for this.', { fields });
}
