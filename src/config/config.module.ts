import { ConfigurableModuleBuilder, Global, Module, type Provider, type Type } from '@nestjs/common';
import { type LatchkeyConfig, SLICES } from './slices.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<LatchkeyConfig>()
  .setClassMethodName('forRoot')
  .build();

const providers: Provider[] = Object.entries(SLICES).map(([slice, token]) => ({
  provide: token as Type,
  inject: [MODULE_OPTIONS_TOKEN],
  useFactory: (config: LatchkeyConfig) => config[slice as keyof LatchkeyConfig],
}));

/** Makes each slice of the configuration injectable by its class. `forRoot(loadConfig())` reads the environment. */
@Global()
@Module({ providers, exports: Object.values(SLICES) })
export class ConfigModule extends ConfigurableModuleClass {}
