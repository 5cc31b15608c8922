import { type DynamicModule, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { tokenOf } from './routed-providers.js';

/** Providers of the application that stand in for nothing: those that do inject them. */
@Module({})
export class TeamModule {
  static forRoot(
    imports: NonNullable<ModuleMetadata['imports']>,
    providers: readonly Provider[],
  ): DynamicModule {
    return { module: TeamModule, imports, providers: [...providers], exports: providers.map(tokenOf) };
  }
}
