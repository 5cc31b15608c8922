import { Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { OAUTH_ROUTES } from './oauth-paths.js';
import { ProviderExtensions } from './provider-extensions.js';

/** What a person is told who cannot be led on. */
export interface ShownError {
  /** `error` of the RFCs, e.g. `invalid_redirect_uri`. */
  readonly code: string;
  readonly status: number;
  /** Whether the request that they have answered is over, or was begun in another browser. */
  readonly isOver: boolean;
}

/** @returns the page */
export type DrawError = (request: HttpRequest, response: HttpResponse, error: ShownError) => string;

/** Addresses that browsers are led to: where no client can be told of an error, a person is. Programs keep the JSON of the RFCs. */
@Injectable()
export class ErrorPages {
  private draw: DrawError | undefined;

  constructor(extensions: ProviderExtensions) {
    extensions.declare((provider) => {
      provider.use((context, next) => this.answer(context as KoaContextWithOIDC, next));
    });
  }

  /** Where there are no pages, none is drawn. */
  drawBy(draw: DrawError): void {
    this.draw = draw;
  }

  private async answer(context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
    await next();
    const code = isForPeople(context.path) ? errorOf(context.body) : undefined;
    if (code === undefined || !this.draw || context.accepts('json', 'html') !== 'html') return;
    const { method, url, status, req } = context;
    const isOver = code === 'invalid_request' && isAnswered(context.path);
    const response: HttpResponse = {
      header: (name, value) => context.set(name, value),
      status: (given) => {
        context.status = given;
      },
    };
    context.body = this.draw({ method, url, headers: req.headers }, response, { code, status, isOver });
    context.vary('Accept');
  }
}

function isForPeople(path: string): boolean {
  const { authorization, end_session } = OAUTH_ROUTES;
  return path.startsWith(authorization) || path.startsWith(end_session);
}

/** Where the library goes on with what a person has answered. */
function isAnswered(path: string): boolean {
  return path.startsWith(`${OAUTH_ROUTES.authorization}/`);
}

function errorOf(body: unknown): string | undefined {
  const isError = typeof body === 'object' && body !== null && 'error' in body;
  return isError && typeof body.error === 'string' ? body.error : undefined;
}
