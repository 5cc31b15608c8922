import type { ServerResponse } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type ClientInfo, clientInfoOf, type HttpRequest } from './client-info.js';

/** Fastify has Node's response in its own, Express's is one. */
type Response = ServerResponse | { readonly raw: ServerResponse };

/** `@WaitingClient() client: ClientInfo`: where the request comes from, with `gone`, for what may make a caller wait long. */
export const WaitingClient = createParamDecorator((_: unknown, context: ExecutionContext): ClientInfo => {
  const http = context.switchToHttp();
  const client = clientInfoOf(http.getRequest<HttpRequest>());
  const gone = closedBeforeAnswer(http.getResponse<Response>());
  // Not where a client is copied or written down.
  return Object.defineProperty(client, 'gone', { value: gone, enumerable: false });
});

function closedBeforeAnswer(response: Response): AbortSignal {
  const raw = 'raw' in response ? response.raw : response;
  const controller = new AbortController();
  const onClose = () => {
    if (!raw.writableFinished) controller.abort();
  };
  if (raw.closed) onClose();
  else raw.once('close', onClose);
  return controller.signal;
}
