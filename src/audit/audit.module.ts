import { type DynamicModule, Module } from '@nestjs/common';
import { type ModuleOverrides, withOverrides } from '../common/module-overrides.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { AuditLog } from './audit-log.js';
import { AuditPurge } from './audit-purge.js';
import { AuditPurgeTimer } from './audit-purge-timer.js';
import { AuditSink } from './audit-sink.js';
import { PostgresAuditSink } from './postgres-audit-sink.js';
import { IdentifierHash } from './identifier-hash.js';
import { RefusalLog } from './refusal-log.js';

/** The log of security events. Replaceable: `AuditSink`. */
@Module({})
export class AuditModule {
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: AuditModule,
      imports: [SecretsModule],
      global: true,
      providers: withOverrides(
        [
          { provide: AuditSink, useClass: PostgresAuditSink },
          AuditLog,
          IdentifierHash,
          RefusalLog,
          AuditPurge,
          AuditPurgeTimer,
        ],
        options,
      ),
      exports: [AuditSink, AuditLog, IdentifierHash, RefusalLog],
    };
  }
}
