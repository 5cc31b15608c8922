import type { Provider } from 'oidc-provider';
import { OAUTH_ROUTES } from './oauth-paths.js';

const FORMS = ['POST'];
/** No `HEAD`: it would give out a code, or begin a logout. */
const PEOPLE = ['GET', 'POST'];

/**
 * Answers 405 with `Allow` (RFC 9110 section 15.5.6) where there is something, but not for this method. What browsers ask by
 * `OPTIONS` is answered as ever.
 * @param isRegistrationOn whether there is something at its address
 */
export function refuseOtherMethods(provider: Provider, isRegistrationOn: boolean): void {
  const methods = new Map<string, readonly string[]>([
    [OAUTH_ROUTES.authorization, PEOPLE],
    [OAUTH_ROUTES.end_session, PEOPLE],
    [OAUTH_ROUTES.userinfo, ['GET', 'HEAD', 'POST']],
    [OAUTH_ROUTES.token, FORMS],
    [OAUTH_ROUTES.pushed_authorization_request, FORMS],
    [OAUTH_ROUTES.device_authorization, FORMS],
    [OAUTH_ROUTES.introspection, FORMS],
    [OAUTH_ROUTES.revocation, FORMS],
    ...(isRegistrationOn ? ([[OAUTH_ROUTES.registration, FORMS]] as const) : []),
  ]);
  provider.use(async (context, next) => {
    // As the library compares them.
    const path = context.path.toLowerCase().replace(/\/$/, '');
    const isGoneOnWith = path.startsWith(`${OAUTH_ROUTES.authorization}/`);
    const allowed = isGoneOnWith ? ['GET'] : methods.get(path);
    if (!allowed || context.method === 'OPTIONS' || allowed.includes(context.method)) {
      await next();
      return;
    }
    context.status = 405;
    context.set('Allow', allowed.join(', '));
    context.body = {
      error: 'invalid_request',
      error_description: `this address takes ${allowed.join(', ')}`,
    };
  });
}
