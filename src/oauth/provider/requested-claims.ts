import type { ClaimsParameter, Configuration, Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { ProtocolErrors } from './grant-errors.js';
import { SCOPE_CLAIMS } from './scope-claims.js';

type ClaimsFeature = NonNullable<NonNullable<Configuration['features']>['claimsParameter']>;

/** Claims by name (OpenID Connect Core section 5.5), which the library parses, and finds to be objects. */
export function claimsParameter(errors: ProtocolErrors): ClaimsFeature {
  return {
    enabled: true,
    assertClaimsParameter: (_context, claims) => {
      const members = [claims.userinfo, claims.id_token].flatMap((asked) => Object.entries(asked ?? {}));
      for (const [name, member] of members)
        if (!isMember(member)) throw new errors.InvalidRequest(`claims: ${name} is malformed`);
    },
  };
}

/** Members that are not known are let be. */
function isMember(member: unknown): boolean {
  if (member === null) return true;
  if (typeof member !== 'object' || Array.isArray(member)) return false;
  const { essential = false, value = '', values = [] } = member as Record<string, unknown>;
  if (typeof essential !== 'boolean' || typeof value === 'object') return false;
  return Array.isArray(values) && values.every((one) => typeof one !== 'object');
}

/** @param text of the parameter, once it was found good */
export function claimsOf(text: unknown): ClaimsParameter {
  return typeof text === 'string' ? (JSON.parse(text) as ClaimsParameter) : {};
}

/** Gives of the claims that are asked for those of scopes that are granted, and of others none: they are not asked about. */
export function grantRequestedClaims(
  grant: Grant,
  { oidc }: KoaContextWithOIDC,
  scopes: readonly string[],
): void {
  const given = new Set(scopes.flatMap((scope) => claimsOfScope(scope)));
  const asked = [...oidc.requestParamClaims];
  grant.addOIDCClaims(asked.filter((claim) => given.has(claim)));
  grant.rejectOIDCClaims(asked.filter((claim) => !given.has(claim)));
}

function claimsOfScope(scope: string): readonly string[] {
  const byScope: Readonly<Record<string, readonly string[] | null>> = SCOPE_CLAIMS;
  return Object.hasOwn(byScope, scope) ? (byScope[scope] ?? []) : [];
}
