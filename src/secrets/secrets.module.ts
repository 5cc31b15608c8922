import { Module } from '@nestjs/common';
import { DerivedKeys } from './derived-keys.js';

/** Keys made from `APP_SECRET`. */
@Module({ providers: [DerivedKeys], exports: [DerivedKeys] })
export class SecretsModule {}
