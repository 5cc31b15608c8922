import { problemsOfTransports } from '../access/transports/problems-of-transports.js';
import { parseDuration } from '../common/duration.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { problemsOfRelay } from '../relay/relay-options.js';
import { VerificationRules } from '../tokens/access/verification-rules.js';
import type { AsymmetricAlg } from '../tokens/keys/signing-algorithm.js';
import { addressProblem } from './issuer/issuer-address.js';
import {
  feedConfigOf,
  problemsOfFeed,
  type RevocationFeedConfig,
} from './revocations/revocation-feed.config.js';
import type { ResourceServerComposition, ResourceServerSettings } from './resource-server-options.js';

const ALGORITHMS: readonly AsymmetricAlg[] = ['ES256', 'ES384', 'RS256', 'PS256'];
const DURATIONS = { keysMaxStaleness: '24h', maxTokenAge: '24h', clockLeeway: '5s' } as const;
const SETTINGS: readonly string[] = [
  'issuer',
  'audience',
  'publicUrl',
  'algorithms',
  'jwksUri',
  'allowHttp',
  'revocations',
  ...Object.keys(DURATIONS),
];

/** The settings, checked. Durations are milliseconds. */
export class ResourceServerConfig extends VerificationRules {
  readonly issuer: string;
  readonly audience: string;
  readonly publicUrl: string | undefined;
  readonly algorithms: readonly AsymmetricAlg[];
  readonly jwksUri: string | undefined;
  readonly keysMaxStaleness: number;
  readonly maxTokenAge: number;
  readonly clockLeeway: number;
  readonly allowHttp: boolean;
  readonly revocations: RevocationFeedConfig | undefined;

  /** @throws ConfigurationError with one line for each setting that is wrong, or that there is not */
  constructor(settings: ResourceServerSettings) {
    super();
    const problems = problemsOf(settings);
    if (problems.length > 0) throw new ConfigurationError(problems);
    this.issuer = settings.issuer;
    this.audience = settings.audience;
    this.publicUrl = settings.publicUrl;
    this.algorithms = settings.algorithms ?? ALGORITHMS;
    this.jwksUri = settings.jwksUri;
    this.allowHttp = settings.allowHttp ?? false;
    this.revocations = settings.revocations && feedConfigOf(settings.revocations, settings.issuer);
    const duration = (name: keyof typeof DURATIONS) => parseDuration(settings[name] ?? DURATIONS[name]) ?? 0;
    this.keysMaxStaleness = duration('keysMaxStaleness');
    this.maxTokenAge = duration('maxTokenAge');
    this.clockLeeway = duration('clockLeeway');
  }
}

/** @throws ConfigurationError */
export function checkComposition({
  transports,
  globalGuards,
  relay,
  replays,
}: ResourceServerComposition): void {
  const problems = [...problemsOfTransports(transports), ...problemsOfRelay(relay)];
  if (replays !== undefined && typeof replays.isFirstUse !== 'function')
    problems.push('replays must be a ReplayDetection');
  if (globalGuards !== undefined && typeof globalGuards !== 'boolean')
    problems.push('globalGuards must be true or false');
  if (problems.length > 0) throw new ConfigurationError(problems);
}

function problemsOf(settings: ResourceServerSettings): string[] {
  const { issuer, audience, publicUrl, algorithms, jwksUri, allowHttp } = settings;
  const unknown = Object.keys(settings).filter((name) => !SETTINGS.includes(name));
  const problems = unknown.map((name) => `${name} is no option; there are ${SETTINGS.join(', ')}`);
  const say = (name: string, problem: string | undefined) => problem && problems.push(`${name} ${problem}`);
  say('issuer', addressProblem(issuer, allowHttp === true));
  if (jwksUri !== undefined) say('jwksUri', addressProblem(jwksUri, allowHttp === true));
  if (typeof audience !== 'string' || audience.trim() === '')
    say('audience', 'must be the audience of the tokens');
  say('publicUrl', publicUrlProblem(publicUrl));
  if (algorithms !== undefined && !areAlgorithms(algorithms))
    say('algorithms', `must be a list of ${ALGORITHMS.join(', ')}: HS256 has no public keys`);
  problems.push(...problemsOfFeed(settings.revocations, allowHttp === true));
  if (allowHttp !== undefined && typeof allowHttp !== 'boolean') say('allowHttp', 'must be true or false');
  for (const name of Object.keys(DURATIONS) as (keyof typeof DURATIONS)[]) {
    const text: unknown = settings[name];
    if (text !== undefined && (typeof text !== 'string' || parseDuration(text) === undefined))
      say(name, 'must be a duration such as 10s');
  }
  return problems;
}

/** Behind a proxy or within a network it may well be http. */
function publicUrlProblem(url: unknown): string | undefined {
  if (url === undefined) return undefined;
  const { protocol, search, hash, username } =
    typeof url === 'string' && URL.canParse(url) ? new URL(url) : {};
  const isGood = (protocol === 'https:' || protocol === 'http:') && !search && !hash && !username;
  return isGood ? undefined : 'must be the address of this service, e.g. https://api.example.com';
}

function areAlgorithms(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((alg) => ALGORITHMS.some((one) => one === alg))
  );
}
