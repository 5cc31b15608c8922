import { Injectable, Logger } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { LatchkeyError, UnavailableError } from '../../common/errors/latchkey-error.js';
import type { User } from '../../users/user.js';
import { IdentityLinks } from '../../users/identity-links.js';
import { askedInTime } from './asked-in-time.js';
import {
  CredentialStrategy,
  type ExternalAccount,
  type PasswordLogin,
  strategiesIn,
} from './credential-strategy.js';
import { checkAccount } from './external-account.js';

/** What the strategies say of an address and a password; `unknown`: it is none of theirs. */
export type ExternalVerdict =
  | { readonly outcome: 'accept'; readonly strategy: CredentialStrategy; readonly account: ExternalAccount }
  | { readonly outcome: 'reject' | 'unknown' | 'unavailable' };

/** Passwords that are kept elsewhere. */
@Injectable()
export class ExternalPasswords {
  private readonly logger = new Logger('Credentials');
  private readonly strategies: readonly CredentialStrategy[];

  constructor(
    strategy: CredentialStrategy,
    private readonly links: IdentityLinks,
  ) {
    this.strategies = strategiesIn(strategy).filter((one) => one.checkPassword !== undefined);
  }

  /**
   * @returns `unavailable` only where passwords that are kept here may let in then
   * @throws UnavailableError
   */
  async check(email: string, password: string, client: ClientInfo): Promise<ExternalVerdict> {
    let outcome: 'unknown' | 'unavailable' = 'unknown';
    for (const strategy of this.strategies) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- in order, until one knows it
      const verdict = await this.orUnavailable(strategy, { email, password, client });
      if (verdict.outcome === 'accept' || verdict.outcome === 'reject') return verdict;
      if (verdict.outcome === 'unavailable') outcome = 'unavailable';
    }
    return { outcome };
  }

  /** Whether it is that of an account which is linked to the user. @throws UnavailableError */
  async isOf({ id, email }: User, password: string, client: ClientInfo): Promise<boolean> {
    for (const { strategy: name, externalId } of await this.links.listOf(id)) {
      const strategy = this.strategies.find((one) => one.name === name);
      if (!strategy) continue;
      // oxlint-disable-next-line eslint/no-await-in-loop -- one, as a rule
      const verdict = await this.ask(strategy, { email, password, client, account: externalId });
      if (verdict.outcome === 'unavailable') throw unavailable();
      if (verdict.outcome === 'accept') return verdict.account.id === externalId;
    }
    return false;
  }

  private async orUnavailable(
    strategy: CredentialStrategy,
    login: Omit<PasswordLogin, 'signal'>,
  ): Promise<ExternalVerdict> {
    const isOptional = strategy.whenUnavailable === 'local';
    try {
      const verdict = await this.ask(strategy, login);
      if (verdict.outcome === 'unavailable' && !isOptional) throw unavailable();
      return verdict;
    } catch (error) {
      if (isOptional && error instanceof LatchkeyError && error.code === 'UNAVAILABLE')
        return { outcome: 'unavailable' };
      throw error;
    }
  }

  private async ask(
    strategy: CredentialStrategy,
    login: Omit<PasswordLogin, 'signal'>,
  ): Promise<ExternalVerdict> {
    // To a directory an empty password is none at all, and a bind with it succeeds (RFC 4513 section 5.1.2).
    if (login.password === '') return { outcome: 'reject' };
    return askedInTime(strategy.name, this.logger, async (signal): Promise<ExternalVerdict> => {
      const decision = await strategy.checkPassword?.({ ...login, signal });
      if (decision?.outcome === 'accept')
        return { outcome: 'accept', strategy, account: checkAccount(decision.account) };
      if (decision?.outcome === 'reject' || decision?.outcome === 'unavailable')
        return { outcome: decision.outcome };
      if (decision?.outcome === 'not-mine') return { outcome: 'unknown' };
      // What a strategy that is written in JavaScript may say.
      throw new TypeError('it said neither accept nor reject nor not-mine nor unavailable');
    });
  }
}

function unavailable(): UnavailableError {
  return new UnavailableError('The password cannot be checked right now.');
}
