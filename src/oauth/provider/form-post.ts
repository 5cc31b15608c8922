import type { Provider } from 'oidc-provider';
import { OAUTH_ROUTES } from './oauth-paths.js';

const POLICY = 'Content-Security-Policy';

/**
 * Lets the page of `response_mode=form_post` send itself: the library adds its script's hash where a policy lists scripts. An empty
 * list allows none, as before.
 */
export function allowFormPost(provider: Provider): void {
  provider.use(async (context, next) => {
    const policy = context.response.get(POLICY);
    if (policy && context.path.startsWith(OAUTH_ROUTES.authorization) && !policy.includes('script-src'))
      context.set(POLICY, `${policy}; script-src`);
    await next();
  });
}
