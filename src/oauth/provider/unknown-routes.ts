import type { Provider } from 'oidc-provider';
import { PROBLEM_MEDIA_TYPE, problemDetails } from '../../common/problem-details/problem-details.js';

/** What the library has no route for is answered as every other address at which there is nothing. */
export function answerUnknownRoutes(provider: Provider): void {
  provider.use(async (context, next) => {
    await next();
    if (context.status !== 404 || (context.body ?? undefined) !== undefined) return;
    context.body = problemDetails('NOT_FOUND', 'There is nothing at this address.');
    context.status = 404;
    context.set({ 'Content-Type': `${PROBLEM_MEDIA_TYPE}; charset=utf-8`, 'Cache-Control': 'no-store' });
  });
}
