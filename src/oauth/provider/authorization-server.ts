import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { ClientInfo } from '../../common/client-info.js';
import { reasonOf } from '../../common/errors/without-parameters.js';
import { logEntry } from '../../common/log-entry.js';
import { SigningKeys } from '../../tokens/keys/signing-keys.js';
import { KnownScopes } from './known-scopes.js';
import { beginFlow, flowOf } from './flow-memory.js';
import { ProviderExtensions } from './provider-extensions.js';
import { ProviderFactory } from './provider-factory.js';
import { versionOfKeys } from './provider-keys.js';
import { isTokenForm, withTokenOfForm } from './token-form.js';

/** OAuth 2.1 and OpenID Connect at `/oauth`: answers requests, with the keys and scopes of the moment. */
@Injectable()
export class AuthorizationServer implements OnModuleInit {
  private readonly logger = new Logger('OAuth');
  private made: { readonly version: string; readonly provider: Provider } | undefined;

  constructor(
    private readonly factory: ProviderFactory,
    private readonly keys: SigningKeys,
    private readonly scopes: KnownScopes,
    private readonly extensions: ProviderExtensions,
  ) {}

  /** Called by Nest. */
  async onModuleInit(): Promise<void> {
    await this.factory.load();
  }

  /** @param client whose request it is */
  async answer(request: IncomingMessage, response: ServerResponse, client: ClientInfo): Promise<void> {
    const asked = isTokenForm(request) ? await withTokenOfForm(request) : request;
    beginFlow(asked, client);
    const provider = await this.provider();
    await provider.callback()(asked, response);
  }

  /** With what is known now: after a key or a scope came or went, it is made anew, which takes milliseconds. */
  async provider(): Promise<Provider> {
    const scopes = await this.scopes.all();
    const version = `${versionOfKeys(this.keys)} ${scopes.join(' ')}`;
    if (this.made?.version === version) return this.made.provider;
    const provider = this.factory.make(scopes);
    this.extensions.applyTo(provider, this.factory.errors);
    provider.on('server_error', (context, error) => this.complain(context, error));
    this.made = { version, provider };
    return provider;
  }

  private complain(context: KoaContextWithOIDC, error: Error): void {
    const complaint = `${context.method} ${context.path} failed: ${reasonOf(error)}`;
    this.logger.error(logEntry(complaint, flowOf(context).client));
  }
}
