import { Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { STANDARD_SCOPES } from '../../auth/grants/granted-scopes.js';
import { SigningKeys } from '../../tokens/keys/signing-keys.js';
import { RevocationService } from '../../tokens/revocation/revocation.service.js';
import { OAuthConsents } from '../consents/oauth-consents.js';
import { Accounts } from './accounts.js';
import { refuseOtherMethods } from './allowed-methods.js';
import { ArtifactAdapter } from './artifact-adapter.js';
import { ClientAdapter } from './client-adapter.js';
import { allowFormPost } from './form-post.js';
import { GrantAdapter } from './grant-adapter.js';
import { GrantsOfFlow } from './grants-of-flow.js';
import { providerConfiguration } from './provider-configuration.js';
import { providerKeys } from './provider-keys.js';
import { useOwnModels } from './provider-models.js';
import { ProviderParts, ProviderSettings } from './provider-parts.js';
import { storeRegistered, useOwnRegistration } from './registration-feature.js';
import { registerRefreshGrant } from './refresh-grant.js';
import type { ProofHelpers } from './dpop-thumbprint.js';
import { answerUnknownRoutes } from './unknown-routes.js';
import { provideUrlParse } from './url-parse.js';

/** The protocol library, 13 MB of memory: loaded when the authorization server is first asked for something. */
type Library = typeof import('oidc-provider');

/** Sets up the protocol library with the keys of now, over Latchkey's clients, sessions and tokens. */
@Injectable()
export class ProviderFactory {
  private loading: Promise<void> | undefined;
  private library: Library | undefined;
  private proofs: ProofHelpers | undefined;

  constructor(
    private readonly parts: ProviderParts,
    private readonly settings: ProviderSettings,
    private readonly signingKeys: SigningKeys,
    private readonly accounts: Accounts,
    private readonly consents: OAuthConsents,
    private readonly revocations: RevocationService,
  ) {}

  /** Of the library, once `make` has loaded it. */
  get errors(): Library['errors'] {
    return this.loaded.library.errors;
  }

  /** Of the library. */
  get proofHelpers(): ProofHelpers {
    return this.loaded.proofs;
  }

  /** The library is loaded the first time. @param scopes that roles give */
  async make(scopes: readonly string[]): Promise<Provider> {
    this.loading ??= this.load();
    try {
      await this.loading;
    } catch (error) {
      // The next request tries again.
      this.loading = undefined;
      throw error;
    }
    return this.makeOf(this.loaded, scopes);
  }

  private async load(): Promise<void> {
    provideUrlParse();
    this.library = await withoutWarning(() => import('oidc-provider'));
    this.proofs = await import('oidc-provider/lib/helpers/grants.js');
  }

  private makeOf({ library, proofs }: ProviderFactory['loaded'], scopes: readonly string[]): Provider {
    const current = () => library.Provider.ctx;
    const required = (): KoaContextWithOIDC => {
      const context = current();
      if (!context) throw new Error('There is no request of the authorization server.');
      return context;
    };
    const { artifacts, grants, clients } = this.parts;
    const alreadyUsed = () => new library.errors.InvalidGrant('it was used already');
    const ofFlow = new GrantsOfFlow(grants, artifacts, required);
    const stored = { artifacts, clients, grants: ofFlow, context: required, alreadyUsed };
    const { http, tokens, keys, clock, subjects, registration } = this.settings;
    const known: ReadonlySet<string> = new Set([...STANDARD_SCOPES, ...scopes]);
    const store = () => storeRegistered(required(), registration, library.errors);
    const provider: Provider = new library.Provider(
      tokens.issuer,
      providerConfiguration({
        policy: library.interactionPolicy,
        errors: library.errors,
        jwks: { keys: providerKeys(library, this.signingKeys) },
        adapter: (model) => {
          if (model === 'Client') return new ClientAdapter(clients, known, store);
          return model === 'Grant' ? new GrantAdapter(ofFlow, required) : new ArtifactAdapter(model, stored);
        },
        accounts: this.accounts,
        consents: this.consents,
        http,
        tokens,
        keys,
        subjects,
        registration,
        now: () => clock.now(),
        scopes: known,
        provider: () => provider,
      }),
    );
    const { clientTokens, browsers, issued } = this.parts;
    const now = () => clock.now();
    const own = { revocations: this.revocations, audience: tokens.audience, now };
    const models = { artifacts, grants, known: ofFlow, clients, clientTokens, browsers, issued, ...own };
    useOwnModels(provider, models, { errors: library.errors, current: required, possible: current });
    const refresh = { grants, errors: library.errors, proofs };
    registerRefreshGrant(provider, { ...refresh, audience: tokens.audience });
    useOwnRegistration(provider, registration);
    answerUnknownRoutes(provider);
    refuseOtherMethods(provider, registration.isOn);
    useOwnAddresses(provider, http.publicUrl);
    allowFormPost(provider);
    return provider;
  }

  private get loaded(): { readonly library: Library; readonly proofs: ProofHelpers } {
    const { library, proofs } = this;
    if (!library || !proofs) throw new Error('The authorization server is not loaded yet.');
    return { library, proofs };
  }
}

/** On Node 20 the library writes to the log that it supports 22 and later (docs/adr/0029-authorization-server.md). */
async function withoutWarning<T>(load: () => Promise<T>): Promise<T> {
  const { warn } = console;
  // oxlint-disable-next-line no-console -- it writes nowhere else
  console.warn = (...said: unknown[]) => {
    if (!String(said[0]).includes('Unsupported runtime')) warn(...said);
  };
  try {
    return await load();
  } finally {
    // oxlint-disable-next-line no-console
    console.warn = warn;
  }
}

/** Addresses are those of the issuer, whatever `Host` a request has. */
function useOwnAddresses(provider: Provider, publicUrl: string): void {
  const secure = publicUrl.startsWith('https:');
  provider.use(async (context, next) => {
    // How it came here behind a proxy is not asked: it is what the issuer says.
    Object.defineProperty(context.request, 'protocol', { value: secure ? 'https' : 'http' });
    await next();
  });
  provider.OIDCContext.prototype.urlFor = (name, options) => provider.urlFor(name, options);
}
