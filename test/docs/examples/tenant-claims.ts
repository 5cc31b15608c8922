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
    // Of use only where each address is proved, as with REGISTRATION=verify-first; else look at user.emailVerifiedAt first.
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
  mine(@CurrentUser() caller: Principal<{ readonly tenant: string }>) {
    return { tenant: caller.claims.tenant };
  }
}
