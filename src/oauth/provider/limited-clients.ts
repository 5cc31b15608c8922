import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { allowanceFields } from '../../throttling/requests/tell-allowance.js';
import type { ClientAdmission, SpentQuota } from './client-admission.js';
import { flowOf } from './flow-memory.js';
import type { ProtocolErrors } from './grant-errors.js';
import type { ProviderExtension } from './provider-extensions.js';

/** What the library asks of a client that authenticates; its declared type leaves the answer out. */
type Comparison = (this: Client, secret: string) => boolean | Promise<boolean>;

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Limits what confidential clients ask for, and guesses at their secrets. */
export function limitedClients(admission: ClientAdmission): ProviderExtension {
  return (provider, errors) => {
    const { Client: ClientModel, ReplayDetection } = provider;
    const current = () => contextOf(provider);
    const prototype = ClientModel.prototype as { compareClientSecret: Comparison };
    prototype.compareClientSecret = async function (secret) {
      const { clientId } = this;
      const { client, presented } = flowOf(current());
      const isKnown = presented?.clientId === clientId && presented.secret === secret;
      const verdict = isKnown ? presented.verdict : await admission.bySecret(clientId, secret, client);
      if (typeof verdict === 'object') refuse(errors, current(), verdict);
      return verdict === 'right';
    };
    // What a client signs is proved once it was not seen before; a proof of DPoP comes here, too, but of a key and not of a client.
    const unique = ReplayDetection.unique.bind(ReplayDetection);
    const assertions = new WeakSet<object>();
    ReplayDetection.unique = async (issuer, id, expires) => {
      const context = current();
      const isNew = await unique(issuer, id, expires);
      const { client, params } = context.oidc;
      if (isNew && client && params?.['client_assertion'] !== undefined && !assertions.has(context)) {
        assertions.add(context);
        const spent = await admission.take(client.clientId);
        if (spent) refuse(errors, context, spent);
      }
      return isNew;
    };
  };
}

function contextOf(provider: Provider): KoaContextWithOIDC {
  const context = (provider.constructor as typeof Provider).ctx;
  if (!context) throw new Error('There is no request of the authorization server.');
  return context;
}

/** 429 with the protocol's word for it: a device that polls is told to do so less often (RFC 8628 section 3.5). */
function refuse(
  errors: ProtocolErrors,
  context: KoaContextWithOIDC,
  { counter, allowance }: SpentQuota,
): never {
  const { resetSeconds } = allowance;
  const isPoll = context.oidc.params?.['grant_type'] === DEVICE_GRANT;
  context.set({ 'Retry-After': String(resetSeconds), ...allowanceFields(counter, allowance) });
  const error = new errors.OIDCProviderError(429, isPoll ? 'slow_down' : 'temporarily_unavailable');
  throw Object.assign(error, { error_description: tooMany(resetSeconds) });
}

/** For developers. */
export function tooMany(resetSeconds: number): string {
  return `too many requests; try again in ${resetSeconds} seconds`;
}
