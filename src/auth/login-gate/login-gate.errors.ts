import { LatchkeyError, type OfferedChallenge } from '../../common/errors/latchkey-error.js';

/** What a route that opens a session may answer, if the gate says so. */
export const GATE_PROBLEMS = ['LOGIN_CHALLENGE_REQUIRED', 'LOGIN_DENIED'] as const;

/** 403 `LOGIN_DENIED`: the credential was right, and the login gate lets the user not in. */
export class LoginDeniedError extends LatchkeyError {
  /** @param reason the gate's own code */
  constructor(reason: string, message = 'You may not log in here and now.') {
    super('LOGIN_DENIED', message, { extensions: { reason } });
  }
}

/** 401 `LOGIN_CHALLENGE_REQUIRED`: the credential was right, and something else has to be shown. */
export class LoginChallengeRequiredError extends LatchkeyError {
  /** @param expiresIn seconds */
  constructor(challengeToken: string, challenges: readonly OfferedChallenge[], expiresIn: number) {
    super(
      'LOGIN_CHALLENGE_REQUIRED',
      'Answer one of the challenges, with the token, to complete the login.',
      { extensions: { challengeToken, challenges, expiresIn } },
    );
  }
}

/** Unknown, used, expired, or of an account that is not what it was: the caller is told the same. */
export class LoginChallengeInvalidError extends LatchkeyError {
  constructor() {
    super('LOGIN_CHALLENGE_INVALID', 'This login can no longer be completed: log in again.');
  }
}

/** 401 `LOGIN_CHALLENGE_FAILED`: the challenge can be answered again. */
export class LoginChallengeFailedError extends LatchkeyError {
  constructor() {
    super('LOGIN_CHALLENGE_FAILED', 'The answer is wrong; try again.');
  }
}
