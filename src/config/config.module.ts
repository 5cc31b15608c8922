import { ConfigurableModuleBuilder, Global, Module, type Provider, type Type } from '@nestjs/common';
import { type LatchkeyConfig, CONFIGS } from './config.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<LatchkeyConfig>()
  .setClassMethodName('forRoot')
  .build();

const providers: Provider[] = Object.entries(CONFIGS).map(([part, token]) => ({
  provide: token as Type,
  inject: [MODULE_OPTIONS_TOKEN],
  useFactory: (config: LatchkeyConfig) => config[part as keyof LatchkeyConfig],
}));

/** Makes each part of the configuration injectable by its class. `forRoot(loadConfig())` reads the environment. */
@Global()
@Module({ providers, exports: Object.values(CONFIGS) })
export class ConfigModule extends ConfigurableModuleClass {}
