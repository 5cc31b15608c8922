import type { HttpRequest } from '../common/client-info.js';
import type { Principal } from '../common/principal.js';

/** A request after `JwtAuthGuard`; `user` is where passport and the field's libraries put the caller. */
export interface AuthenticatedRequest extends HttpRequest {
  user?: Principal;
}
