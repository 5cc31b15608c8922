import type { ClientMetadata, Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { InitialAccessToken } from '../registration/initial-access-token.js';
import { InitialAccessTokenSpentError } from '../registration/initial-access-tokens.errors.js';
import type { ClientRegistration } from '../registration/client-registration.js';
import { registeredSettings } from '../registration/registered-settings.js';
import { InvalidFieldsError } from '../../users/users.errors.js';
import { clientInformation } from './client-information.js';
import { clientMetadata } from './client-metadata.js';
import { flowOf } from './flow-memory.js';
import type { ProtocolErrors } from './grant-errors.js';

type RegistrationFeature = NonNullable<NonNullable<Configuration['features']>['registration']>;

const POLICY = 'latchkey';
const REDIRECT_URIS = 'redirect_uris';

/**
 * Dynamic registration (RFC 7591) by the library's own action: it reads the request and the token and writes the errors; what a
 * client may be, and how it is kept, is Latchkey's. A registered client changes nothing of itself: there is no RFC 7592.
 */
export function registrationFeature(
  registration: ClientRegistration,
  errors: ProtocolErrors,
  scopes: ReadonlySet<string>,
): RegistrationFeature {
  return {
    enabled: registration.isOn,
    initialAccessToken: true,
    issueRegistrationAccessToken: false,
    idFactory: () => registration.newId(),
    policies: {
      [POLICY]: (context, metadata) => {
        const flow = flowOf(context);
        const { initialAccessToken: token } = flow;
        if (!token) throw new errors.InvalidToken();
        const id = metadata.client_id;
        const settings = settingsFor(metadata, token, errors);
        flow.registering = { id, settings, token };
        // So that the library sees what it will read of the client later, and nothing that was sent.
        for (const name of Object.keys(metadata)) Reflect.deleteProperty(metadata, name);
        Object.assign(metadata, clientMetadata({ ...settings, id }, scopes));
      },
    },
  };
}

/** Initial access tokens are Latchkey's, and so is the answer: the library does not know the secret. */
export function useOwnRegistration(provider: Provider, registration: ClientRegistration): void {
  if (!registration.isOn) return;
  Object.assign(provider.InitialAccessToken, {
    async find(value: string) {
      const { ctx } = provider.constructor as typeof Provider;
      const token = await registration.findToken(value);
      if (!ctx || !token) return undefined;
      flowOf(ctx).initialAccessToken = token;
      return { policies: [POLICY] };
    },
  });
  provider.use(async (context, next) => {
    await next();
    const { registered } = flowOf(context);
    if (registered && context.status === 201)
      context.body = clientInformation(registered, context.body as ClientMetadata);
  });
}

/** Called by the library where it would write the client. @throws the library's `invalid_token` if the token was used up meanwhile */
export async function storeRegistered(
  context: KoaContextWithOIDC,
  registration: ClientRegistration,
  errors: ProtocolErrors,
): Promise<void> {
  const flow = flowOf(context);
  const { registering } = flow;
  if (!registering) return;
  try {
    flow.registered = await registration.register(registering, flow.client);
  } catch (error) {
    if (!(error instanceof InitialAccessTokenSpentError)) throw error;
    throw new errors.InvalidToken(error.message);
  }
}

/** In the words of RFC 7591 section 3.2.2: the library says `invalid_redirect_uri` of what begins with its name. */
function settingsFor(
  metadata: ClientMetadata,
  token: InitialAccessToken,
  errors: ProtocolErrors,
): ReturnType<typeof registeredSettings> {
  try {
    return registeredSettings({ ...metadata }, token);
  } catch (error) {
    if (!(error instanceof InvalidFieldsError)) throw error;
    const problems = (error.fields ?? []).toSorted(
      (one, other) => Number(other.field === REDIRECT_URIS) - Number(one.field === REDIRECT_URIS),
    );
    throw new errors.InvalidClientMetadata(problems.map(({ message }) => message).join('; '));
  }
}
