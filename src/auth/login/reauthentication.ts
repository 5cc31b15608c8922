import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/principal.js';
import { AccountThrottle } from '../../throttling/account/account-throttle.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { InvalidCredentialsError } from './login.errors.js';

/**
 * Asks a bearer for the password again. Wrong ones are counted by session: who holds a stolen token cannot guess on, and
 * cannot keep the owner, who has another session, from anything.
 */
@Injectable()
export class Reauthentication {
  constructor(
    private readonly throttle: AccountThrottle,
    private readonly hasher: PasswordHasher,
  ) {}

  /** @throws InvalidCredentialsError if it is wrong, AccountThrottledError */
  async verify(caller: Principal, password: string, passwordHash: string): Promise<void> {
    const attempt = await this.throttle.begin({ kind: 'session', id: caller.sessionId });
    let matches: boolean;
    try {
      ({ matches } = await this.hasher.verify(password, passwordHash));
    } catch (error) {
      await attempt.giveBack();
      throw error;
    }
    if (!matches) throw new InvalidCredentialsError('The password is wrong.');
    await attempt.giveBack();
  }
}
