import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { bearerTokenOf } from '../../access/bearer-token.js';
import type { HttpRequest } from '../../common/client-info.js';
import { LatchkeyError, NotFoundError } from '../../common/errors/latchkey-error.js';
import { TokensConfig } from '../../config/config.js';

interface RegisteredService {
  readonly name: string;
  readonly hash: Buffer;
}

/** Knows registered services by their tokens, of which only hashes are kept: they are random, so a plain hash is enough. */
@Injectable()
export class ServiceTokens {
  private readonly services: readonly RegisteredService[];

  constructor(config: TokensConfig) {
    this.services = config.revocationFeedServices.map((text) => {
      const [name = '', hash = ''] = text.split('=');
      return { name, hash: Buffer.from(hash, 'hex') };
    });
  }

  /**
   * Whose request it is, by the `Authorization` header. All tokens are compared, each in constant time.
   * @returns the name of the service
   * @throws NotFoundError if there are no services; LatchkeyError `CREDENTIAL_INVALID` if the token is of none
   */
  serviceOf(request: HttpRequest): string {
    if (this.services.length === 0)
      throw new NotFoundError('There is no revocation feed: no service is registered.');
    const hash = createHash('sha256')
      .update(bearerTokenOf(request) ?? '')
      .digest();
    let known: RegisteredService | undefined;
    for (const service of this.services) if (timingSafeEqual(service.hash, hash)) known = service;
    if (known) return known.name;
    throw new LatchkeyError(
      'CREDENTIAL_INVALID',
      'Send the token of a registered service in the Authorization header, Bearer <token>.',
    );
  }
}
