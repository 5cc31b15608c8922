import { Module } from '@nestjs/common';
import { PasswordReplacementModule } from '../password-replacement/password-replacement.module.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResetRequestModule } from './password-reset-request.module.js';
import { PasswordResetService } from './password-reset.service.js';

/** Set a new password with a link that was mailed. */
@Module({
  imports: [PasswordResetRequestModule, PasswordReplacementModule],
  controllers: [PasswordResetController],
  providers: [PasswordResetService],
})
export class PasswordResetModule {}
