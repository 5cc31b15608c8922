import type { LatchkeyConfig } from './config.js';
import { isLoopback } from './loopback.js';

type Doubted = Pick<LatchkeyConfig, 'tokens' | 'http' | 'oauth' | 'pages'>;

/** What of the configuration works, and is hardly what was meant: a sentence each, for a warning at the start. */
export function doubtfulSettings({ tokens, http, oauth, pages }: Doubted): string[] {
  const { signingAlg, jwtSecret, accessTokenTtl, refreshTokenTtl, sessionMaxAge } = tokens;
  const forOAuth = settingsForOAuth(oauth).join(', ');
  const hasNoOAuth =
    signingAlg === 'HS256' ? 'SIGNING_ALG is HS256, which has no public keys' : 'OAUTH is off';
  const isOn = oauth.on && signingAlg !== 'HS256';
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
    [
      isElsewhere(http),
      `PUBLIC_URL is ${http.publicUrl}, and the server listens on port ${http.port} of this machine: unless a proxy leads from one to the other, no form of its pages is taken there.`,
    ],
    [
      forOAuth !== '' && !isOn,
      `${forOAuth}: not used, since there is no authorization server: ${hasNoOAuth}.`,
    ],
    [
      forOAuth !== '' && isOn && !pages.on,
      `${forOAuth}, with ACCOUNT_PAGES=off: the authorization server has no pages on which people sign in and allow a client something.`,
    ],
  ];
  return doubts.flatMap(([holds, sentence]) => (holds ? [sentence] : []));
}

/** Those that are set, and do nothing without the authorization server. */
function settingsForOAuth({ clients, registration, logoutNetworks }: Doubted['oauth']): string[] {
  return [
    ...(clients === undefined ? [] : ['OAUTH_CLIENTS']),
    ...(registration ? ['OAUTH_REGISTRATION'] : []),
    ...(logoutNetworks.length === 0 ? [] : ['OAUTH_LOGOUT_NETWORKS']),
  ];
}

/** Whether browsers that open the address where the server listens are not at `PUBLIC_URL`. Beyond this machine, or behind a proxy, who knows. */
function isElsewhere({ host, port, publicUrl, trustProxy }: Doubted['http']): boolean {
  const url = new URL(publicUrl);
  const isPlain = url.protocol === 'http:' && url.pathname === '/' && trustProxy === false;
  if (!isPlain || port === 0 || !isLoopback(url.hostname) || !isLoopback(host)) return false;
  return Number(url.port || '80') !== port;
}
