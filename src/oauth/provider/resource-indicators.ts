import type { Configuration, Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { ProtocolErrors } from './grant-errors.js';

type ResourceIndicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>;

/**
 * Tokens for another resource than Latchkey's own (RFC 8707): one of the client's `audiences`, one a grant. What a grant is for it
 * stays for.
 * @param audience of Latchkey's own routes, which any client may name
 */
export function resourceIndicators(errors: ProtocolErrors, audience: string): ResourceIndicators {
  return {
    enabled: true,
    // A token of a grant that is for a resource is for that, also where the request does not name it again.
    useGrantedResource: () => true,
    getResourceServerInfo: (context, resource, client) => {
      const allowed = client['audiences'] as readonly string[];
      if (resource !== audience && !allowed.includes(resource))
        throw new errors.InvalidTarget('the client may not ask for this resource');
      const others = Object.keys(context.oidc.resourceServers ?? {}).filter((other) => other !== resource);
      if (others.length > 0) throw new errors.InvalidTarget('a grant is for one resource');
      return { audience: resource, scope: (client['allScopes'] as readonly string[]).join(' ') };
    },
  };
}

/** Lets a grant give at its resource what it gives at all. */
export function grantAtResource(grant: Grant, { oidc }: KoaContextWithOIDC, scopes: readonly string[]): void {
  for (const resource of Object.keys(oidc.resourceServers ?? {}))
    grant.addResourceScope(resource, scopes.join(' '));
}

/** `aud` of a session's tokens. @param asked null: none was asked for @param own of Latchkey's own routes */
export function audienceOf(asked: string | null | undefined, own: string): string | null {
  return asked === undefined || asked === own ? null : asked;
}
