import { ResolveField, Resolver } from '@nestjs/graphql';
import { Public, Roles } from '../../../src/index.js';

/** The field has no decorator of its own. */
@Resolver('Order')
@Roles('admin')
export class OfClassResolver {
  @ResolveField()
  cost(): string {
    return '1';
  }
}

class BaseResolver {
  @ResolveField()
  @Roles('admin')
  cost(): string {
    return '1';
  }
}

@Resolver('Order')
export class OfBaseResolver extends BaseResolver {}

@Resolver('Order')
@Roles('admin')
export class PublicFieldResolver {
  @ResolveField()
  @Public()
  cost(): string {
    return '1';
  }
}
