import { Module } from '@nestjs/common';
import { AccountErasure } from './account-erasure.js';

/** For who deletes or disables accounts; no routes. */
@Module({ providers: [AccountErasure], exports: [AccountErasure] })
export class AccountErasureModule {}
