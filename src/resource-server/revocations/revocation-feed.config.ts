import { parseDuration } from '../../common/duration.js';
import { addressProblem } from '../issuer/issuer-address.js';
import type { RevocationFeedSettings } from '../resource-server-options.js';

const FEED_PATH = '/api/auth/revocations';
const MAX_STALENESS = '10s';
const SETTINGS = ['token', 'url', 'whenUnknown', 'maxStaleness'];
/** A header takes visible ASCII. */
const TOKEN = /^[\x21-\x7e]{32,512}$/;

/** Durations are milliseconds. */
export interface RevocationFeedConfig {
  readonly url: string;
  readonly token: string;
  readonly whenUnknown: 'fail-closed' | 'fail-open';
  readonly maxStaleness: number;
}

export function feedConfigOf(settings: RevocationFeedSettings, issuer: string): RevocationFeedConfig {
  const { token, url, whenUnknown = 'fail-closed', maxStaleness = MAX_STALENESS } = settings;
  return {
    url: url ?? `${issuer.replace(/\/$/, '')}${FEED_PATH}`,
    token,
    whenUnknown,
    maxStaleness: parseDuration(maxStaleness) ?? 0,
  };
}

/** What is wrong with the option `revocations`, a line each. Never shows the token. */
export function problemsOfFeed(settings: unknown, allowHttp: boolean): string[] {
  if (settings === undefined) return [];
  if (typeof settings !== 'object' || settings === null)
    return ['revocations must be an object such as { token }'];
  const { token, url, whenUnknown, maxStaleness } = settings as Record<string, unknown>;
  const problems = Object.keys(settings)
    .filter((name) => !SETTINGS.includes(name))
    .map((name) => `revocations.${name} is no option; there are ${SETTINGS.join(', ')}`);
  const say = (name: string, problem: string | undefined) =>
    problem && problems.push(`revocations.${name} ${problem}`);
  say('token', tokenProblem(token));
  if (url !== undefined) say('url', addressProblem(url, allowHttp));
  if (![undefined, 'fail-closed', 'fail-open'].includes(whenUnknown as undefined))
    say('whenUnknown', 'must be fail-closed or fail-open');
  if (maxStaleness !== undefined && !isDuration(maxStaleness))
    say('maxStaleness', 'must be a duration such as 10s');
  return problems;
}

function tokenProblem(token: unknown): string | undefined {
  return typeof token === 'string' && TOKEN.test(token)
    ? undefined
    : 'must be at least 32 random characters (try: openssl rand -hex 32)';
}

function isDuration(value: unknown): boolean {
  return typeof value === 'string' && (parseDuration(value) ?? 0) > 0;
}
