import { Module } from '@nestjs/common';
import { CredentialStrategy, LatchkeyModule, loadConfig, UserFieldsTable } from 'latchkey';
import { ApiKeysModule } from './api-keys.module.js';
import { ApiKeysStrategy } from './api-keys.strategy.js';
import { ColleaguesController } from './colleagues.controller.js';
import { Migrations } from './database.js';
import { FIELDS } from './fields.js';

@Module({
  imports: [
    ApiKeysModule,
    LatchkeyModule.forRoot({
      config: loadConfig(),
      fields: FIELDS,
      imports: [ApiKeysModule],
      providers: [
        UserFieldsTable.named('members'),
        { provide: CredentialStrategy, useClass: ApiKeysStrategy },
      ],
    }),
  ],
  controllers: [ColleaguesController],
  providers: [Migrations],
})
export class AppModule {}
