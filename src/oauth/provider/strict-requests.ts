import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import type { ProtocolErrors } from './grant-errors.js';
import { parameterThatIsTooLong } from './parameter-lengths.js';
import type { ProviderExtension } from './provider-extensions.js';

/** What the library has beside what its types declare. */
interface RequestOfClient extends KoaContextWithOIDC {
  readonly oidc: KoaContextWithOIDC['oidc'] & {
    readonly body?: Readonly<Record<string, unknown>> | undefined;
  };
}
type Allowed = (this: Client, type: string) => boolean;
type Entity = (this: { readonly ctx: RequestOfClient }, name: string, value: unknown) => void;

/** Where grants are told apart by `grant_type`, or by the endpoint. */
const DEVICE = ['device_authorization', 'urn:ietf:params:oauth:grant-type:device_code'] as const;

/** Refuses, once it is known whose request it is, what the library lets pass or says in other words than the RFCs. */
export const strictRequests: ProviderExtension = (provider, errors) => {
  const prototype = provider.OIDCContext.prototype as { entity: Entity };
  const { entity } = prototype;
  prototype.entity = function (name, value) {
    entity.call(this, name, value);
    // What registers sends no form, and its client is not there before.
    if (name !== 'Client' || this.ctx.oidc.route === 'registration') return;
    refuseLongParameters(this.ctx, errors);
    refuseSecretInForm(this.ctx, errors);
  };
  const client = provider.Client.prototype as Record<'grantTypeAllowed' | 'responseTypeAllowed', Allowed>;
  const { grantTypeAllowed, responseTypeAllowed } = client;
  client.grantTypeAllowed = function (type) {
    const isAllowed = grantTypeAllowed.call(this, type);
    const { ctx } = provider.constructor as { readonly ctx?: RequestOfClient };
    // RFC 6749 section 5.2; of RFC 8628 section 3.2 the same.
    if (!isAllowed && ctx?.oidc && isAskedFor(ctx, type))
      throw new errors.UnauthorizedClient('the client may not use this grant');
    return isAllowed;
  };
  // RFC 6749 section 4.1.2.1.
  client.responseTypeAllowed = function (type) {
    if (responseTypeAllowed.call(this, type)) return true;
    throw new errors.UnauthorizedClient('the client may not use this response type');
  };
};

function isAskedFor({ oidc }: RequestOfClient, type: string): boolean {
  const [endpoint, grant] = DEVICE;
  if (oidc.route === endpoint) return type === grant;
  return oidc.route === 'token' && oidc.params?.['grant_type'] === type;
}

/** RFC 6749 section 2.3: one method, and none is by a secret in the form. An empty one is none (section 3.1). */
function refuseSecretInForm({ oidc, headers }: RequestOfClient, errors: ProtocolErrors): void {
  const { client_secret: secret, client_assertion: assertion } = oidc.body ?? {};
  if (!secret) return;
  if (headers.authorization !== undefined || assertion)
    throw new errors.InvalidRequest('client authentication must only be provided using one mechanism');
  throw new errors.InvalidClientAuth('a secret in the form is not taken');
}

function sentIn({ oidc, method, query }: RequestOfClient): Readonly<Record<string, unknown>> {
  return method === 'POST' ? (oidc.body ?? {}) : query;
}

function refuseLongParameters(context: RequestOfClient, errors: ProtocolErrors): void {
  const { oidc } = context;
  const found = parameterThatIsTooLong(sentIn(context));
  if (!found) return;
  const error = new errors.InvalidRequest(`${found.name} must have ${found.max} characters at most`);
  // Sent back it would be too long again.
  if (found.name === 'state' && oidc.params) {
    oidc.params['state'] = undefined;
    error.allow_redirect = false;
  }
  throw error;
}
