import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

type Client = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>;
type Interaction = InstanceType<Provider['Interaction']>;
type Code = InstanceType<Provider['AuthorizationCode']>;
/** How the library finds something. */
type Find<Found> = (value: string, options?: object) => Promise<Found | undefined>;

const NOTHING_LEFT = {
  error: 'invalid_scope',
  error_description: 'the client may have nothing of what it asked for any more',
};

/**
 * What waits for a person, or for its client, is held to what that client is now, and not to what it was when it asked: of one that is
 * gone, or may not be led to that address or ask for codes any more, nothing is found, and nobody is led there.
 */
export function holdToClients(provider: Provider, current: () => KoaContextWithOIDC): void {
  const { Interaction, AuthorizationCode } = provider;
  const findInteraction = Interaction.find.bind(Interaction) as Find<Interaction>;
  const findCode = AuthorizationCode.find.bind(AuthorizationCode) as Find<Code>;
  Object.assign(Interaction, {
    async find(uid: string) {
      const found = await findInteraction(uid);
      const client = found && (await provider.Client.find(textOf(found.params['client_id'])));
      return client && mayGoOn(found, client) ? narrowed(found, client) : undefined;
    },
  });
  Object.assign(AuthorizationCode, {
    async find(value: string, options?: object) {
      const found = await findCode(value, options);
      const { client } = current().oidc;
      const isOfClient = found !== undefined && client?.clientId === found.clientId;
      return isOfClient && !client?.redirectUriAllowed(found.redirectUri ?? '') ? undefined : found;
    },
  });
}

function mayGoOn({ params }: Interaction, client: Client): boolean {
  const type = textOf(params['response_type']);
  const mayAsk = client.responseTypes?.some((allowed) => allowed === type) ?? false;
  return mayAsk && client.redirectUriAllowed(textOf(params['redirect_uri']));
}

/** To the scopes that the client may have (RFC 6749 section 3.3); where none is left, that is what it is told. */
function narrowed(found: Interaction, client: Client): Interaction {
  const { scope } = found.params;
  if (typeof scope !== 'string') return found;
  const allowed = new Set(client['allScopes'] as readonly string[]);
  const kept = scope.split(' ').filter((each) => allowed.has(each));
  found.params['scope'] = kept.join(' ');
  if (kept.length === 0) found.result = NOTHING_LEFT;
  return found;
}

function textOf(parameter: unknown): string {
  return typeof parameter === 'string' ? parameter : '';
}
