import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '../common/nest.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { RolesGuard } from './roles.guard.js';
import { ScopesGuard } from './scopes.guard.js';

/**
 * All that Latchkey's guards ask, with what stands in for them: an access token unless the route is `@Public()`, `@Roles()`,
 * `@Scopes()`. For routes of an application with `globalGuards: false`.
 * @example
 * @UseGuards(LatchkeyGuard)
 */
@Injectable()
export class LatchkeyGuard implements CanActivate {
  constructor(
    private readonly authentication: JwtAuthGuard,
    private readonly roles: RolesGuard,
    private readonly scopes: ScopesGuard,
  ) {}

  /** @throws LatchkeyError if the caller may not go on */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    return (
      (await this.authentication.canActivate(context)) &&
      this.roles.canActivate(context) &&
      this.scopes.canActivate(context)
    );
  }
}
