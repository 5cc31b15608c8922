import type { ResourceServerConfig } from '../resource-server.config.js';
import { addressProblem } from './issuer-address.js';
import { askIssuer, IssuerError } from './ask-issuer.js';

/** What a resource server needs of the metadata of an authorization server (RFC 8414 section 2). */
export interface IssuerMetadata {
  readonly jwksUri: string;
}

type Issuer = Pick<ResourceServerConfig, 'issuer' | 'allowHttp'>;

/**
 * Asks the issuer for its metadata, where RFC 8414 section 3 and OpenID Connect Discovery have them.
 * @throws IssuerError if there are none, or they are another's
 */
export async function readMetadata(config: Issuer, signal: AbortSignal): Promise<IssuerMetadata> {
  for (const address of addressesOf(config.issuer)) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- until there is one
    const answer = await askIssuer(address, signal);
    if (answer) return metadataIn(answer.body, address, config);
  }
  throw new IssuerError(`${config.issuer} has no metadata (RFC 8414)`);
}

function metadataIn(
  body: Readonly<Record<string, unknown>>,
  address: string,
  config: Issuer,
): IssuerMetadata {
  const { issuer, jwks_uri: jwksUri } = body;
  // Section 3.3: to the letter, or another issuer could speak for this one.
  if (issuer !== config.issuer)
    throw new IssuerError(`${address} names another issuer than ${config.issuer}`);
  if (jwksUri === undefined)
    throw new IssuerError(`${address} names no keys: tokens of HS256 cannot be verified by a public key`);
  return { jwksUri: ownAddress(jwksUri, 'jwks_uri', address, config) };
}

/** Of the issuer's own origin: it could send this service to any address of its network otherwise. */
function ownAddress(value: unknown, name: string, address: string, { issuer, allowHttp }: Issuer): string {
  const problem = addressProblem(value, allowHttp);
  if (problem !== undefined) throw new IssuerError(`${name} in ${address} ${problem}`);
  const url = value as string;
  if (new URL(url).origin !== new URL(issuer).origin)
    throw new IssuerError(
      `${name} in ${address} is on another host; if that is right, the option jwksUri names it`,
    );
  return url;
}

function addressesOf(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const first = `${origin}/.well-known/oauth-authorization-server${path}`;
  const below = `${origin}${path}/.well-known`;
  return [...new Set([first, `${below}/oauth-authorization-server`, `${below}/openid-configuration`])];
}
