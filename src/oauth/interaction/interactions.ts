import { Injectable } from '@nestjs/common';
import type { InteractionResults, Provider } from 'oidc-provider';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import type { OAuthClient } from '../clients/oauth-client.js';
import { OFFLINE_ACCESS } from '../../tokens/sessions/session.js';
import { AuthorizationServer } from '../provider/authorization-server.js';
import { methodReferences } from '../provider/authentication-context.js';
import { type BrowserSession, BrowserSessions } from '../provider/browser-sessions.js';
import { nodeExchange } from './node-exchange.js';

/** What has to come next: signing in, showing the password again, allowing, or nothing but going on. */
export type InteractionStep = 'sign-in' | 'password' | 'consent' | 'done';

/** What an authorization request waits for. */
export interface Interaction {
  /** As its address has it. */
  readonly id: string;
  readonly step: InteractionStep;
  readonly client: OAuthClient;
  /** Scopes to allow: those that were not allowed yet; all that are asked for, where the client wants to be allowed anew. */
  readonly scopes: readonly string[];
  /** Whether it asks for `offline_access`: what it gets goes on after the sign-out. */
  readonly isOffline: boolean;
  /** The resource that its tokens are to be for (RFC 8707); undefined: none is named. */
  readonly resource: string | undefined;
  /** Where the browser is sent back to. */
  readonly redirectUri: string;
  /** Who is to sign in, as the client believes; empty: not known. */
  readonly loginHint: string;
  /** How it is gone on with, once nothing has to come before. */
  readonly result: InteractionResults;
  /** Whether the result takes the place of all before: another user has signed in meanwhile. */
  readonly anew: boolean;
}

/** Why the library has people asked also for what they allowed before. */
const ASKED_ANEW: ReadonlySet<string> = new Set(['consent_prompt', 'native_client_prompt']);

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

/** Authorization requests that wait for a person, each known by a signed cookie of the browser that made it. */
@Injectable()
export class Interactions {
  constructor(
    private readonly server: AuthorizationServer,
    private readonly browsers: BrowserSessions,
    private readonly clients: OAuthClients,
  ) {}

  /** @returns undefined if there is none that this browser has begun, its time is over, or its client is gone */
  async find(request: HttpRequest, response: HttpResponse): Promise<Interaction | undefined> {
    const provider = await this.server.provider();
    const details = await detailsOf(provider, request, response);
    const client = details && (await this.clients.find(String(details.params['client_id'])));
    if (!details || !client || client.disabled) return undefined;
    return interactionOf(details, client, await this.browsers.of(request));
  }

  /** Goes on with it. @returns the address of the authorization server to lead the browser to */
  async goOn(request: HttpRequest, response: HttpResponse, { result, anew }: Interaction): Promise<string> {
    return this.finish(request, response, result, !anew);
  }

  /** The client is told `access_denied`. @returns the address to lead the browser to */
  async deny(request: HttpRequest, response: HttpResponse): Promise<string> {
    const result = { error: 'access_denied', error_description: 'The user did not allow it.' };
    return this.finish(request, response, result, false);
  }

  private async finish(
    asked: HttpRequest,
    answered: HttpResponse,
    result: InteractionResults,
    mergeWithLastSubmission: boolean,
  ): Promise<string> {
    const provider = await this.server.provider();
    const { request, response } = nodeExchange(asked, answered);
    return provider.interactionResult(request, response, result, { mergeWithLastSubmission });
  }
}

async function detailsOf(
  provider: Provider,
  asked: HttpRequest,
  answered: HttpResponse,
): Promise<Details | undefined> {
  const { request, response } = nodeExchange(asked, answered);
  try {
    return await provider.interactionDetails(request, response);
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined;
    throw error;
  }
}

function interactionOf(
  { uid, prompt, params, lastSubmission, result }: Details,
  client: OAuthClient,
  session: BrowserSession | undefined,
): Interaction {
  const before = lastSubmission?.login?.accountId;
  const anew = session !== undefined && before !== undefined && before !== session.subject;
  const isLogin = prompt.name === 'login' || anew;
  // Whoever signed in before it began has to show the password again, unless it was only that no one had.
  const needsPassword = anew || prompt.reasons.some((reason) => reason !== 'no_session');
  const scopes = scopesOf(prompt, textOf(params['scope']), client);
  const startedAt = Number(prompt.details['startedAt']);
  return {
    id: uid,
    step: stepOf(),
    client,
    scopes,
    isOffline: textOf(params['scope']).split(' ').includes(OFFLINE_ACCESS),
    // One, or the request was refused.
    resource: textOf([params['resource']].flat()[0]) || undefined,
    redirectUri: textOf(params['redirect_uri']),
    loginHint: textOf(params['login_hint']),
    result: isLogin ? loginOf(session) : { consent: {} },
    anew,
  };

  function stepOf(): InteractionStep {
    if (result?.error !== undefined) return 'done';
    if (!session) return 'sign-in';
    if (isLogin) return !needsPassword || session.authenticatedAt > startedAt ? 'done' : 'password';
    // What was missing, the client may not have any more.
    return client.firstParty || scopes.length === 0 ? 'done' : 'consent';
  }
}

function loginOf(session: BrowserSession | undefined): InteractionResults {
  if (!session) return {};
  const { subject, authenticatedAt, methods } = session;
  const amr = methodReferences(methods);
  return { login: { accountId: subject, ts: Math.floor(authenticatedAt / 1000), amr } };
}

function scopesOf({ reasons, details }: Details['prompt'], asked: string, client: OAuthClient): string[] {
  const missing = details['missingOIDCScope'];
  const all = asked.split(' ').filter((scope) => client.scopes.includes(scope));
  const wanted = Array.isArray(missing) ? all.filter((scope) => missing.includes(scope)) : all;
  return wanted.length === 0 && reasons.some((reason) => ASKED_ANEW.has(reason)) ? all : wanted;
}

function textOf(parameter: unknown): string {
  return typeof parameter === 'string' ? parameter : '';
}
