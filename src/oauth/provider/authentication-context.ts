import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { ProtocolErrors } from './grant-errors.js';
import { claimsOf } from './requested-claims.js';

/** `acr` of a sign-in by password (OASIS, Authentication Context for SAML 2.0, section 3.4.8). */
const PASSWORD_CONTEXT = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
/** `acr` of a sign-in by a password and something else than knowledge (REFEDS Multi-Factor Authentication Profile). */
const MULTI_FACTOR_CONTEXT = 'https://refeds.org/profile/mfa';

/** What `acr` of ID tokens can be. */
export const AUTHENTICATION_CONTEXTS = [PASSWORD_CONTEXT, MULTI_FACTOR_CONTEXT];

/** The method that every sign-in has (RFC 8176). */
export const PASSWORD = 'pwd';
const MULTI_FACTOR = 'mfa';
/** Methods of RFC 8176 section 2 that show what the user has or is, and not what they know. */
const OTHER_FACTORS = new Set('hwk swk otp sms tel sc pop face fpt iris retina vbm'.split(' '));

/** @param methods besides the password @returns `amr` of an ID token (RFC 8176) */
export function methodReferences(methods: readonly string[]): string[] {
  const isMultiFactor = methods.some((method) => OTHER_FACTORS.has(method));
  return [...new Set([PASSWORD, ...methods, ...(isMultiFactor ? [MULTI_FACTOR] : [])])];
}

/** Parameters of an authorization request, as far as they ask for an `acr`. */
interface ContextParameters {
  readonly acr_values?: unknown;
  readonly claims?: unknown;
}

/** What a client asks for (OpenID Connect Core sections 3.1.2.1 and 5.5.1.1). */
interface WantedContext {
  /** The first is preferred. */
  readonly values: readonly string[];
  /** Whether nothing else will do. */
  readonly isEssential: boolean;
}

/**
 * The first that the client asks for and the sign-in meets; else the strongest that it meets.
 * @param references of `methodReferences`
 * @returns undefined if the client takes none of what the sign-in meets
 */
export function contextFor(
  references: readonly string[],
  parameters: ContextParameters | undefined,
): string | undefined {
  const met = references.includes(MULTI_FACTOR)
    ? [MULTI_FACTOR_CONTEXT, PASSWORD_CONTEXT]
    : [PASSWORD_CONTEXT];
  const { values, isEssential } = wantedBy(parameters ?? {});
  const chosen = values.find((value) => met.includes(value));
  return isEssential ? chosen : (chosen ?? met[0]);
}

/** An essential one by `claims` goes before those of `acr_values`, which are voluntary. */
function wantedBy({ acr_values: text, claims }: ContextParameters): WantedContext {
  const member = claimsOf(claims).id_token?.['acr'];
  const byClaims = member?.values ?? (member?.value === undefined ? [] : [member.value]);
  if (member?.essential && byClaims.length > 0) return { values: byClaims, isEssential: true };
  const voluntary = typeof text === 'string' ? text.split(' ') : [];
  return { values: [...voluntary, ...byClaims], isEssential: false };
}

/** Lets the protocol library say it of who is signed in. */
export function defineAcr(provider: Provider): void {
  Object.defineProperty(provider.OIDCContext.prototype, 'acr', {
    get(this: KoaContextWithOIDC['oidc']) {
      return contextOfRequest(this);
    },
  });
}

/**
 * Whether another sign-in has to be asked for: never. Who is signed in as the client does not take it is sent back at once.
 * @throws the library's error `unmet_authentication_requirements` (OpenID Connect Core Error Code, section 2)
 */
export function refuseUnmetContext({ oidc }: KoaContextWithOIDC, errors: ProtocolErrors): boolean {
  if (oidc.session?.accountId && contextOfRequest(oidc) === undefined)
    throw new errors.UnmetAuthenticationRequirements('the sign-in does not meet the requested acr');
  return false;
}

function contextOfRequest({ session, params }: KoaContextWithOIDC['oidc']): string | undefined {
  return session?.accountId ? contextFor(session.amr ?? [], params) : undefined;
}
