import { ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
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

/** Of a federation, by which any subgraph or client asks for an entity. Without a decorator it needs a token. */
@Resolver('Order')
export class ReferenceResolver {
  @ResolveReference()
  resolveReference(): object {
    return {};
  }
}

@Resolver('Order')
export class PublicReferenceResolver {
  @ResolveReference()
  @Public()
  resolveReference(): object {
    return {};
  }
}

@Resolver('Order')
@Public()
export class OfPublicClassResolver {
  @ResolveReference()
  resolveReference(): object {
    return {};
  }
}
