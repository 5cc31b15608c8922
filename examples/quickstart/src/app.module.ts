import { Module } from '@nestjs/common';
import { LatchkeyModule, loadConfig } from 'latchkey'; // 1
import { AppController } from './app.controller.js';
import { AppService } from './app.service.js';

@Module({
  imports: [LatchkeyModule.forRoot({ config: loadConfig() })], // 2
  controllers: [AppController],
  providers: [AppService],
})
export class AppModule {}
