import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OAuthClient } from './oauth-client.js';
import { PairwiseKey } from './pairwise-key.js';

/** What decides which id of a user a client sees. */
type SubjectSettings = Pick<OAuthClient, 'subjectType' | 'sector' | 'redirectUris'>;

/**
 * Ids of users as clients see them: with `subjectType: 'pairwise'` one that clients of other sectors cannot compare with theirs
 * (OpenID Connect Core section 8.1). It stays the same for good.
 */
@Injectable()
export class PairwiseSubjects {
  constructor(private readonly key: PairwiseKey) {}

  /** As a client sees the user. */
  async subjectFor(client: SubjectSettings, userId: string): Promise<string> {
    const sector = sectorOf(client);
    return sector === null ? userId : this.subjectIn(sector, userId);
  }

  /** As clients of a sector do. @param sector a host */
  async subjectIn(sector: string, userId: string): Promise<string> {
    return createHmac('sha256', await this.key.get())
      .update(`${sector}\0${userId}`)
      .digest('base64url');
  }
}

/** The host that a client's subjects are made for; null: it sees those of all others. */
export function sectorOf({ subjectType, sector, redirectUris: [first] }: SubjectSettings): string | null {
  if (subjectType === 'public') return null;
  // That there is one, and all are of one host where no sector is given, is checked when the client is written.
  return sector ?? new URL(first ?? 'none:').hostname;
}
