import type { ModuleMetadata, Provider } from '@nestjs/common';

/** What a module's `forRoot` takes: providers that stand in for its defaults, by the same token. */
export interface ModuleOverrides {
  /** e.g. `{ provide: UsersRepository, useClass: MyUsersRepository }` */
  readonly providers?: readonly Provider[];
  /** Modules whose exports these providers inject. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

/** Later providers of a token win over earlier ones in a Nest module. */
export function withOverrides(defaults: readonly Provider[], options: ModuleOverrides = {}): Provider[] {
  return [...defaults, ...(options.providers ?? [])];
}

/** What a module imports, with what its overrides need. */
export function withImports(
  imports: NonNullable<ModuleMetadata['imports']>,
  options: ModuleOverrides = {},
): NonNullable<ModuleMetadata['imports']> {
  return [...imports, ...(options.imports ?? [])];
}
