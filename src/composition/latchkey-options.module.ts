import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import type { LatchkeyOptions } from './latchkey-options.js';

/** The token of the options. */
export const LATCHKEY_OPTIONS = Symbol('LatchkeyOptions');

/** Makes the options injectable, wherever they come from. */
@Module({})
export class LatchkeyOptionsModule {
  static forRoot(
    imports: NonNullable<ModuleMetadata['imports']>,
    { useFactory, inject = [] }: Pick<FactoryProvider<LatchkeyOptions>, 'useFactory' | 'inject'>,
  ): DynamicModule {
    return {
      module: LatchkeyOptionsModule,
      global: true,
      imports,
      providers: [{ provide: LATCHKEY_OPTIONS, useFactory, inject }],
      exports: [LATCHKEY_OPTIONS],
    };
  }
}
