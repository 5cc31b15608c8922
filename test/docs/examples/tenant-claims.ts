import { Controller, Get, Injectable } from '@nestjs/common';
import {
  type ClaimsContext,
  ClaimsContributor,
  CurrentUser,
  type CustomClaims,
  emailKey,
  type LatchkeyComposition,
  type Principal,
} from 'latchkey';

@Injectable()
class TenantClaims extends ClaimsContributor {
  contribute({ user }: ClaimsContext): CustomClaims {
    // Until then it may be an address of others.
    if (!user.emailVerifiedAt) return {};
    const [, domain = ''] = emailKey(user.email).split('@');
    return { tenant: domain, 'https://example.com/plan': { seats: 5 } };
  }
}

export const tenantClaims: LatchkeyComposition = {
  providers: [{ provide: ClaimsContributor, useClass: TenantClaims }],
};

@Controller('tenant')
export class TenantController {
  @Get()
  mine(@CurrentUser() caller: Principal<{ readonly tenant?: string }>) {
    return { tenant: caller.claims.tenant ?? null };
  }
}
