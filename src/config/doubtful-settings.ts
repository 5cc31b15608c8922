import type { LatchkeyConfig } from './config.js';

type Times = Pick<LatchkeyConfig, 'tokens'>;

/** What of the configuration works, and is hardly what was meant: a sentence each, for a warning at the start. */
export function doubtfulSettings({ tokens }: Times): string[] {
  const { signingAlg, jwtSecret, accessTokenTtl, refreshTokenTtl, sessionMaxAge } = tokens;
  const doubts: [boolean, string][] = [
    [
      jwtSecret !== undefined && signingAlg !== 'HS256',
      `JWT_SECRET is not used: SIGNING_ALG is ${signingAlg}.`,
    ],
    [
      accessTokenTtl > refreshTokenTtl,
      'ACCESS_TOKEN_TTL is longer than REFRESH_TOKEN_TTL: access tokens are good after their session can be refreshed no more.',
    ],
    [
      accessTokenTtl > sessionMaxAge,
      'ACCESS_TOKEN_TTL is longer than SESSION_MAX_AGE: no access token lives that long.',
    ],
    [
      refreshTokenTtl > sessionMaxAge,
      'REFRESH_TOKEN_TTL is longer than SESSION_MAX_AGE, which ends every session before.',
    ],
  ];
  return doubts.flatMap(([holds, sentence]) => (holds ? [sentence] : []));
}
