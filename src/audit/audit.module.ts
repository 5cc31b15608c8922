import { type DynamicModule, Module } from '@nestjs/common';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { AuditConfig } from '../config/config.js';
import { StoragePurge } from '../database/purge/storage-purge.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { expiredAuditEvents } from './audit-events.table.js';
import { AuditLog } from './audit-log.js';
import { AuditSink } from './audit-sink.js';
import { PostgresAuditSink } from './postgres-audit-sink.js';
import { IdentifierHash } from './identifier-hash.js';
import { RefusalLog } from './refusal-log.js';

/** The log of security events. Replaceable: `AuditSink`. */
@Module({})
export class AuditModule {
  /** @internal */
  constructor(purge: StoragePurge, config: AuditConfig) {
    purge.declare(expiredAuditEvents(config.retention));
  }

  /**
   * The audit log.
   * @param options may replace `AuditSink`
   */
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: AuditModule,
      imports: withImports([SecretsModule], options),
      global: true,
      providers: withOverrides(
        [{ provide: AuditSink, useClass: PostgresAuditSink }, AuditLog, IdentifierHash, RefusalLog],
        options,
      ),
      exports: [AuditSink, AuditLog, IdentifierHash, RefusalLog],
    };
  }
}
