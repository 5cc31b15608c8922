import { createHash } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { PasswordsConfig } from '../../config/config.js';
import { BreachedPasswordsClient } from './breached-passwords-client.js';
import { PasswordPolicy } from './password-policy.js';

/** Why it is refused. */
export const BREACHED = 'is known from a data breach, so that attackers try it';

const PREFIX_LENGTH = 5;
/** One line in the log for all that goes wrong meanwhile. Milliseconds. */
const LOG_INTERVAL = 60_000;

/**
 * Not one that is known from a breach, as far as `BREACHED_PASSWORDS_URL` knows; it is told five digits of the hash.
 * Without that setting nothing is asked.
 */
@Injectable()
export class BreachedPasswordsPolicy extends PasswordPolicy implements OnModuleDestroy {
  private readonly logger = new Logger('BreachedPasswords');
  private readonly client: BreachedPasswordsClient | undefined;
  private readonly allowsUnchecked: boolean;
  private quietUntil = 0;
  private unchecked = 0;

  constructor(
    { breached }: PasswordsConfig,
    private readonly clock: Clock,
  ) {
    super();
    this.client =
      breached.url === undefined ? undefined : new BreachedPasswordsClient(breached.url, breached.timeout);
    this.allowsUnchecked = breached.onFailure === 'allow';
  }

  /** @throws UnavailableError if there is no answer, and passwords must be checked */
  async reject(password: string): Promise<string | undefined> {
    if (!this.client) return undefined;
    // What the protocol says; nothing is protected by it.
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
    let answer: string;
    try {
      answer = await this.client.range(hash.slice(0, PREFIX_LENGTH));
    } catch (error) {
      this.tell(error as Error);
      if (this.allowsUnchecked) return undefined;
      throw new UnavailableError('Passwords cannot be checked at the moment.', { cause: error });
    }
    const isBreached = isListed(hash.slice(PREFIX_LENGTH), answer);
    return isBreached ? BREACHED : undefined;
  }

  onModuleDestroy(): void {
    this.client?.close();
  }

  private tell({ message }: Error): void {
    this.unchecked += 1;
    const now = this.clock.now();
    if (now < this.quietUntil) return;
    this.quietUntil = now + LOG_INTERVAL;
    const count = `${this.unchecked} ${this.unchecked === 1 ? 'password' : 'passwords'}`;
    const outcome = this.allowsUnchecked ? 'allowed unchecked' : 'not accepted';
    this.logger.warn(`Breached passwords could not be asked for: ${message}; ${count} ${outcome}.`);
    this.unchecked = 0;
  }
}

/** Found no time at all is padding. */
function isListed(suffix: string, answer: string): boolean {
  return answer.split('\n').some((line) => {
    const [listed = '', count] = line.split(':');
    return listed.toUpperCase() === suffix && Number(count) > 0;
  });
}
