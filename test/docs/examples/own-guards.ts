import { Injectable } from '@nestjs/common';
import {
  type LatchkeyComposition,
  type AuthenticatedRequest,
  JwtAuthGuard,
  type Principal,
  RolesGuard,
} from 'latchkey';

/** Takes the token from a gateway that puts it elsewhere. */
@Injectable()
class GatewayGuard extends JwtAuthGuard {
  protected override tokenOf(request: AuthenticatedRequest): string | undefined {
    const forwarded = request.headers['x-forwarded-access-token'];
    return typeof forwarded === 'string' ? forwarded : super.tokenOf(request);
  }
}

/** Owners may do what administrators may. */
@Injectable()
class RoleHierarchyGuard extends RolesGuard {
  protected override hasRole(caller: Principal, role: string): boolean {
    return super.hasRole(caller, role) || (role === 'admin' && super.hasRole(caller, 'owner'));
  }
}

export const ourGuards: LatchkeyComposition = {
  providers: [
    { provide: JwtAuthGuard, useClass: GatewayGuard },
    { provide: RolesGuard, useClass: RoleHierarchyGuard },
  ],
};
