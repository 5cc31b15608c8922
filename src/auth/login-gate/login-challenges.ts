import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { Sealer } from '../../secrets/sealer.js';
import type { OneTimeToken } from '../../tokens/one-time/one-time-token.js';
import { OneTimeTokenInvalidError } from '../../tokens/one-time/one-time-tokens.errors.js';
import { OneTimeTokens } from '../../tokens/one-time/one-time-tokens.js';
import { emailKey, isPasswordExpired, type User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import type { Login, LoginChallenge } from './login-gate.js';
import { LoginChallengeInvalidError } from './login-gate.errors.js';

const PURPOSE = 'login-challenge';

/** What is kept of a login until it is completed. */
interface Kept extends Pick<Login, 'credential' | 'deviceId'> {
  readonly challenges: readonly Pick<LoginChallenge, 'kind' | 'state'>[];
}

/** A login that waits for an answer. */
export interface PendingLogin extends Pick<Kept, 'challenges'> {
  readonly login: Login;
  readonly token: OneTimeToken;
}

/**
 * Logins that wait for an answer, each by a one-time token. It is bound to the account, its password and its address, and ends
 * when an answer is accepted, when any of these changes, and when the account is disabled; those of one account stand beside
 * each other. What the gate has to know is kept sealed.
 */
@Injectable()
export class LoginChallenges {
  private readonly sealer: Sealer;

  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly users: UsersRepository,
    private readonly clock: Clock,
    keys: DerivedKeys,
  ) {
    this.sealer = new Sealer(keys.derive('login-challenge'));
  }

  /** @param lifetime milliseconds @returns the token */
  async issue(
    { user, credential, deviceId }: Login,
    challenges: readonly LoginChallenge[],
    lifetime: number,
    transaction: Transaction,
  ): Promise<string> {
    const kept: Kept = {
      credential,
      deviceId,
      challenges: challenges.map(({ kind, state }) => ({ kind, ...(state && { state }) })),
    };
    const request = {
      purpose: PURPOSE,
      subject: user.id,
      binding: bindingOf(user),
      payload: { sealed: this.sealer.seal(Buffer.from(JSON.stringify(kept)), user.id) },
      lifetime,
      notWithin: 0,
      // Another login of the same account, on another device, goes on.
      keepOlder: true,
    } as const;
    const token = await this.tokens.issue(request, transaction);
    if (token === undefined) throw new LoginChallengeInvalidError();
    return token;
  }

  /** @param client who answers @throws LoginChallengeInvalidError */
  async find(challengeToken: string, client: ClientInfo): Promise<PendingLogin> {
    const token = await this.tokens.find(PURPOSE, challengeToken);
    const user = token && (await this.users.findById(token.subject));
    if (!user || user.disabledAt || isPasswordExpired(user, this.clock.now()))
      throw new LoginChallengeInvalidError();
    const { sealed } = token.payload as { sealed: string };
    const opened = this.sealer.open(sealed, user.id);
    if (!opened || token.binding !== bindingOf(user)) throw new LoginChallengeInvalidError();
    const { challenges, credential, deviceId } = JSON.parse(opened.toString()) as Kept;
    return { token, challenges, login: { user, client, credential, deviceId } };
  }

  /** Of several at once one does. @throws LoginChallengeInvalidError */
  async use({ token, login }: PendingLogin): Promise<void> {
    try {
      await this.tokens.use(token, bindingOf(login.user));
    } catch (error) {
      throw error instanceof OneTimeTokenInvalidError ? new LoginChallengeInvalidError() : error;
    }
  }
}

function bindingOf({ passwordHash, email }: User): string {
  return createHash('sha256')
    .update(`${passwordHash}\0${emailKey(email)}`)
    .digest('base64url');
}
