import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Provider } from 'oidc-provider';
import type { ClientInfo } from '../../common/client-info.js';
import { allowanceFields } from '../../throttling/requests/tell-allowance.js';
import { CurrentProvider } from './current-provider.js';
import { counterOf, EndpointLimits } from './endpoint-limits.js';
import { FailureLog } from './failure-log.js';
import { endFailed } from './failures.js';
import { beginFlow } from './flow-memory.js';
import { tooMany } from './limited-clients.js';
import { PlainTokenAnswers } from './plain-token-answers.js';
import { Refusals } from './refusals.js';
import { letRefusalBeRead } from './refusal-cors.js';
import { isTokenForm, withTokenOfForm } from './token-form.js';

/** OAuth 2.1 and OpenID Connect at `/oauth`: answers requests. */
@Injectable()
export class AuthorizationServer {
  constructor(
    private readonly providers: CurrentProvider,
    private readonly plain: PlainTokenAnswers,
    private readonly limits: EndpointLimits,
    private readonly refusals: Refusals,
    private readonly failures: FailureLog,
  ) {}

  /** Answers whatever happens. @param client whose request it is */
  async answer(request: IncomingMessage, response: ServerResponse, client: ClientInfo): Promise<void> {
    try {
      await this.respond(request, response, client);
    } catch (error) {
      this.failures.tell(request, error, client);
      endFailed(response, error);
    }
  }

  /** The protocol library, with what is known now. */
  async provider(): Promise<Provider> {
    return (await this.providers.current()).provider;
  }

  private async respond(
    request: IncomingMessage,
    response: ServerResponse,
    client: ClientInfo,
  ): Promise<void> {
    if (!(await this.isWithinLimits(request, response, client))) return;
    const asked = isTokenForm(request) ? await withTokenOfForm(request) : request;
    const flow = beginFlow(asked, client);
    if (await this.plain.answer(asked, response, flow)) return;
    const { answer } = await this.providers.current();
    await answer(asked, response);
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
    const { method = '' } = request;
    this.refusals.tell({ method, url, error: body.error, reason, client });
    response
      .writeHead(429, {
        'Content-Type': 'application/json; charset=utf-8',
        'Retry-After': resetSeconds,
        ...allowanceFields(counterOf(url), allowance),
      })
      .end(JSON.stringify(body));
    return false;
  }
}
