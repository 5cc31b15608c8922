import { applyDecorators, type ExecutionContext, Injectable, SetMetadata, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ClientQuotas } from '../../throttling/requests/client-quotas.js';
import { RATE_LIMITED, type RateLimitRule } from '../../throttling/requests/rate-limit-rule.js';
import { RateLimitGuard } from '../../throttling/requests/rate-limit.guard.js';
import { UserFields } from '../../users/fields/user-fields.js';

/** A registration tells no more often whether a value is taken. */
const AS_REGISTRATIONS: RateLimitRule = { name: 'register', counter: 'unique-fields' };

@Injectable()
class UniqueFieldsGuard extends RateLimitGuard {
  private readonly unique: readonly string[];

  constructor(reflector: Reflector, quotas: ClientQuotas, fields: UserFields) {
    super(reflector, quotas);
    this.unique = fields.declared.filter(({ unique }) => unique).map(({ name }) => name);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { body } = context.switchToHttp().getRequest<{ body?: unknown }>();
    const asks =
      typeof body === 'object' && body !== null && this.unique.some((name) => Object.hasOwn(body, name));
    return asks ? super.canActivate(context) : true;
  }
}

/** Limits a route by client address as `RateLimited`, where the body would tell whether a value of a unique field is taken. */
export function LimitsUniqueFields(): MethodDecorator {
  return applyDecorators(SetMetadata(RATE_LIMITED, AS_REGISTRATIONS), UseGuards(UniqueFieldsGuard));
}
