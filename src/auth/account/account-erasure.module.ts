import { Module } from '@nestjs/common';
import { AccountLeftovers } from './account-leftovers.js';
import { AccountErasure } from './account-erasure.js';

/** For who deletes or disables accounts; no routes. */
@Module({ providers: [AccountErasure, AccountLeftovers], exports: [AccountErasure, AccountLeftovers] })
export class AccountErasureModule {}
