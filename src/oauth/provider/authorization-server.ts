import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Provider } from 'oidc-provider';
import type { ClientInfo } from '../../common/client-info.js';
import { reasonOf } from '../../common/errors/without-parameters.js';
import { ConfigurationError } from '../../config/configuration-error.js';
import { logEntry } from '../../common/log-entry.js';
import { SigningKeys } from '../../tokens/keys/signing-keys.js';
import { allowanceFields } from '../../throttling/requests/tell-allowance.js';
import { KnownScopes } from './known-scopes.js';
import { counterOf, EndpointLimits } from './endpoint-limits.js';
import { answerFailure, endFailed, failureBody, isUnavailable } from './failures.js';
import { beginFlow, flowOf } from './flow-memory.js';
import { tooMany } from './limited-clients.js';
import { ProviderExtensions } from './provider-extensions.js';
import { ProviderFactory } from './provider-factory.js';
import { versionOfKeys } from './provider-keys.js';
import { type Refusal, Refusals } from './refusals.js';
import { letRefusalBeRead } from './refusal-cors.js';
import { isTokenForm, withTokenOfForm } from './token-form.js';

const NO_PUBLIC_KEYS = 'oauth: true needs signing keys with a public part: there is none with HS256';

interface Answering {
  readonly provider: Provider;
  /** Put together once, not for each request. */
  readonly answer: ReturnType<Provider['callback']>;
}

/** OAuth 2.1 and OpenID Connect at `/oauth`: answers requests, with the keys and scopes of the moment. */
@Injectable()
export class AuthorizationServer implements OnApplicationBootstrap {
  private readonly logger = new Logger('OAuth');
  private made: { readonly version: string; readonly answering: Promise<Answering> } | undefined;

  constructor(
    private readonly factory: ProviderFactory,
    private readonly keys: SigningKeys,
    private readonly scopes: KnownScopes,
    private readonly extensions: ProviderExtensions,
    private readonly limits: EndpointLimits,
    private readonly refusals: Refusals,
  ) {}

  /** Called by Nest, once there are keys. @throws ConfigurationError where no client could know them */
  onApplicationBootstrap(): void {
    if (this.keys.current.publicJwk === null) throw new ConfigurationError([NO_PUBLIC_KEYS]);
  }

  /** Answers whatever happens. @param client whose request it is */
  async answer(request: IncomingMessage, response: ServerResponse, client: ClientInfo): Promise<void> {
    try {
      await this.respond(request, response, client);
    } catch (error) {
      this.complain(request, error, client);
      endFailed(response, error);
    }
  }

  private async respond(
    request: IncomingMessage,
    response: ServerResponse,
    client: ClientInfo,
  ): Promise<void> {
    if (!(await this.isWithinLimits(request, response, client))) return;
    const asked = isTokenForm(request) ? await withTokenOfForm(request) : request;
    beginFlow(asked, client);
    const { answer } = await this.current();
    await answer(asked, response);
  }

  /** With what is known now. */
  async provider(): Promise<Provider> {
    return (await this.current()).provider;
  }

  /** After a key or a scope came or went, it is made anew, which takes milliseconds. */
  private async current(): Promise<Answering> {
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

  /** Answers 429 where they are spent, before anything is read. */
  private async isWithinLimits(
    request: IncomingMessage,
    response: ServerResponse,
    client: ClientInfo,
  ): Promise<boolean> {
    if (request.method === 'OPTIONS') return true;
    const { url = '' } = request;
    const allowance = await this.limits.takeOfAddress(url, client);
    if (allowance.allowed) return true;
    const { resetSeconds } = allowance;
    letRefusalBeRead(request, response);
    const body = { error: 'temporarily_unavailable', error_description: tooMany(resetSeconds) };
    const reason = 'too many requests of this address';
    this.refusals.tell({ ...askedBy(request), error: body.error, reason, client });
    response
      .writeHead(429, {
        'Content-Type': 'application/json; charset=utf-8',
        'Retry-After': resetSeconds,
        ...allowanceFields(counterOf(url), allowance),
      })
      .end(JSON.stringify(body));
    return false;
  }

  private async make(scopes: readonly string[]): Promise<Answering> {
    const provider = await this.factory.make(scopes);
    this.extensions.applyTo(provider, this.factory.errors, this.factory.proofHelpers);
    this.refusals.listenTo(provider);
    provider.on('server_error', (context, error) => {
      this.complain(context.req, error, flowOf(context).client);
      answerFailure(context, error);
    });
    return { provider, answer: provider.callback() };
  }

  private complain(request: IncomingMessage, error: unknown, client: ClientInfo): void {
    const { method, url } = askedBy(request);
    const [path] = url.split('?', 1);
    const complaint = `${method} ${path} failed: ${reasonOf(error)}`;
    this.logger[isUnavailable(error) ? 'warn' : 'error'](logEntry(complaint, client));
    this.refusals.count(url, failureBody(error).error);
  }
}

function askedBy({ method = '', url = '' }: IncomingMessage): Pick<Refusal, 'method' | 'url'> {
  return { method, url };
}
