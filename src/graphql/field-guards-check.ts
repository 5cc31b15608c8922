import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ROLES_KEY, SCOPES_KEY } from '../access/access.decorators.js';
import { PUBLIC_KEY } from '../common/public.decorator.js';

/**
 * Of `@nestjs/graphql`: the token of the options of its module, and what `@ResolveField()` and
 * `@ResolveReference()` note on a method.
 */
const MODULE_OPTIONS = 'GqlModuleOptions';
const FIELD_METADATA = 'graphql:resolve_property';
const REFERENCE_METADATA = 'graphql:resolve_reference';

/**
 * Sees that fields with roles or scopes are guarded, and references of a federation, which are entries of their own: Nest asks guards
 * for either only where it is told to.
 */
@Injectable()
export class FieldGuardsCheck implements OnModuleInit {
  constructor(private readonly modules: ModulesContainer) {}

  /** @throws Error if a field has `@Roles()` or `@Scopes()` that would not hold, or a reference is not `@Public()` and would be */
  onModuleInit(): void {
    const providers = [...this.modules.values()].flatMap((module) => Array.from(module.providers.values()));
    const options = providers.filter(({ token }) => token === MODULE_OPTIONS);
    if (options.length > 0 && options.every(({ instance }) => hasGuards(instance))) return;
    for (const { metatype } of providers) {
      for (const [name, why] of unguarded(metatype))
        throw new Error(
          `${name} ${why}, which Nest does not ask for: say fieldResolverEnhancers: ['guards'] in GraphQLModule.forRoot.`,
        );
    }
  }
}

function hasGuards(options: unknown): boolean {
  const { fieldResolverEnhancers } = (options ?? {}) as { readonly fieldResolverEnhancers?: unknown };
  return Array.isArray(fieldResolverEnhancers) && fieldResolverEnhancers.includes('guards');
}

/**
 * Methods of base classes are fields, too, under the metadata of the class that is provided.
 * @returns each with what would not hold for it
 */
function unguarded(metatype: unknown): [name: string, why: string][] {
  if (typeof metatype !== 'function') return [];
  const prototype = metatype.prototype as Record<string, unknown> | undefined;
  return new MetadataScanner().getAllMethodNames(prototype ?? null).flatMap((name) => {
    const why = wouldNotHold(prototype?.[name], metatype);
    return why === undefined ? [] : [[`${metatype.name}.${name}`, why]];
  });
}

function wouldNotHold(method: unknown, metatype: object): string | undefined {
  if (typeof method !== 'function') return undefined;
  if (Reflect.hasMetadata(FIELD_METADATA, method) && hasRule(method, metatype)) return 'has roles or scopes';
  if (Reflect.hasMetadata(REFERENCE_METADATA, method) && !isPublic(method, metatype)) return 'needs a token';
  return undefined;
}

/** As `AccessRules` has it: what is public on a method puts the roles and scopes of its class aside. */
function hasRule(method: object, metatype: object): boolean {
  return asks(method) || (!saysPublic(method) && asks(metatype));
}

/** As `AccessRules` has it: roles and scopes of a method put its class's `@Public()` aside. */
function isPublic(method: object, metatype: object): boolean {
  return saysPublic(method) || (saysPublic(metatype) && !asks(method));
}

function saysPublic(holder: object): boolean {
  return Reflect.getMetadata(PUBLIC_KEY, holder) === true;
}

function asks(holder: object): boolean {
  return [ROLES_KEY, SCOPES_KEY].some((key) => Reflect.hasMetadata(key, holder));
}
