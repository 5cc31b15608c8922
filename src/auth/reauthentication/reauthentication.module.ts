import { Module } from '@nestjs/common';
import { ReauthenticationController } from './reauthentication.controller.js';
import { StepUpModule } from './step-up.module.js';

/** The caller shows the password again, once or for a while. */
@Module({ imports: [StepUpModule], controllers: [ReauthenticationController] })
export class ReauthenticationModule {}
