import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ROLES_KEY, SCOPES_KEY } from '../access/access.decorators.js';
import { PUBLIC_KEY } from '../common/public.decorator.js';

/** Of `@nestjs/graphql`: the token of the options of its module, and what `@ResolveField()` notes on a method. */
const MODULE_OPTIONS = 'GqlModuleOptions';
const FIELD_METADATA = 'graphql:resolve_property';

/** Sees that fields with roles or scopes are guarded: Nest asks guards for fields only where it is told to. */
@Injectable()
export class FieldGuardsCheck implements OnModuleInit {
  constructor(private readonly modules: ModulesContainer) {}

  /** @throws Error if a field has `@Roles()` or `@Scopes()` that would not hold */
  onModuleInit(): void {
    const providers = [...this.modules.values()].flatMap((module) => Array.from(module.providers.values()));
    const options = providers.filter(({ token }) => token === MODULE_OPTIONS);
    if (options.length > 0 && options.every(({ instance }) => hasGuards(instance))) return;
    const [field] = providers.flatMap(({ metatype }) => guardedFields(metatype));
    if (field === undefined) return;
    throw new Error(
      `${field} has roles or scopes, which Nest does not ask for: say fieldResolverEnhancers: ['guards'] in GraphQLModule.forRoot.`,
    );
  }
}

function hasGuards(options: unknown): boolean {
  const { fieldResolverEnhancers } = (options ?? {}) as { readonly fieldResolverEnhancers?: unknown };
  return Array.isArray(fieldResolverEnhancers) && fieldResolverEnhancers.includes('guards');
}

/** Methods of base classes are fields, too, under the metadata of the class that is provided. */
function guardedFields(metatype: unknown): string[] {
  if (typeof metatype !== 'function') return [];
  const prototype = metatype.prototype as Record<string, unknown> | undefined;
  return new MetadataScanner()
    .getAllMethodNames(prototype ?? null)
    .filter((name) => isGuardedField(prototype?.[name], metatype))
    .map((name) => `${metatype.name}.${name}`);
}

/** As `AccessRules` has it: what is public on a method puts the roles and scopes of its class aside. */
function isGuardedField(method: unknown, metatype: object): boolean {
  if (typeof method !== 'function' || !Reflect.hasMetadata(FIELD_METADATA, method)) return false;
  const holders = Reflect.getMetadata(PUBLIC_KEY, method) === true ? [method] : [method, metatype];
  return holders.some((holder) => [ROLES_KEY, SCOPES_KEY].some((key) => Reflect.hasMetadata(key, holder)));
}
