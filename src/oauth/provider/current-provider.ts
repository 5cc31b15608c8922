import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Provider } from 'oidc-provider';
import { ConfigurationError } from '../../config/configuration-error.js';
import { SigningKeys } from '../../tokens/keys/signing-keys.js';
import { FailureLog } from './failure-log.js';
import { answerFailure } from './failures.js';
import { flowOf } from './flow-memory.js';
import { KnownScopes } from './known-scopes.js';
import { ProviderExtensions } from './provider-extensions.js';
import { ProviderFactory } from './provider-factory.js';
import { versionOfKeys } from './provider-keys.js';
import { Refusals } from './refusals.js';

const NO_PUBLIC_KEYS = 'oauth: true needs signing keys with a public part: there is none with HS256';

/** The protocol library, set up. */
interface Answering {
  readonly provider: Provider;
  /** Put together once, not for each request. */
  readonly answer: ReturnType<Provider['callback']>;
}

/** The protocol library with the keys and scopes of the moment. */
@Injectable()
export class CurrentProvider implements OnApplicationBootstrap {
  private made: { readonly version: string; readonly answering: Promise<Answering> } | undefined;

  constructor(
    private readonly factory: ProviderFactory,
    private readonly keys: SigningKeys,
    private readonly scopes: KnownScopes,
    private readonly extensions: ProviderExtensions,
    private readonly refusals: Refusals,
    private readonly failures: FailureLog,
  ) {}

  /** Called by Nest, once there are keys. @throws ConfigurationError where no client could know them */
  onApplicationBootstrap(): void {
    if (this.keys.current.publicJwk === null) throw new ConfigurationError([NO_PUBLIC_KEYS]);
  }

  /** After a key or a scope came or went, it is made anew, which takes milliseconds. */
  async current(): Promise<Answering> {
    const scopes = await this.scopes.all();
    const version = `${versionOfKeys(this.keys)} ${scopes.join(' ')}`;
    if (this.made?.version === version) return this.made.answering;
    const made = { version, answering: this.make(scopes) };
    this.made = made;
    try {
      return await made.answering;
    } catch (error) {
      // The next request tries again.
      if (this.made === made) this.made = undefined;
      throw error;
    }
  }

  private async make(scopes: readonly string[]): Promise<Answering> {
    const provider = await this.factory.make(scopes);
    this.extensions.applyTo(provider, this.factory.errors, this.factory.proofHelpers);
    this.refusals.listenTo(provider);
    provider.on('server_error', (context, error) => {
      this.failures.tell(context.req, error, flowOf(context).client);
      answerFailure(context, error);
    });
    return { provider, answer: provider.callback() };
  }
}
