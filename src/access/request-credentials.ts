import { Injectable } from '../common/nest.js';
import type { HttpRequest } from '../common/client-info.js';
import type { Principal } from '../common/principal.js';

/** Knows callers by other credentials than access tokens, where a route takes them; by itself none. */
@Injectable()
export class RequestCredentials {
  /**
   * @param _request what may carry one
   * @param _names of the strategies that the route takes; none: all
   * @returns undefined if the request carries no credential that is known
   * @throws CredentialInvalidError, RateLimitedError, UnavailableError
   */
  identify(_request: HttpRequest, _names: readonly string[]): Promise<Principal | undefined> {
    return Promise.resolve(undefined);
  }
}
