import { EmailField, NewPasswordField } from '../fields/account-fields.js';
import { OneTimeTokenDto } from '../mails/one-time-token.dto.js';

export class ForgotPasswordDto {
  @EmailField()
  email!: string;
}

export class ResetPasswordDto extends OneTimeTokenDto {
  @NewPasswordField('purple monkey dishwasher tuesday')
  password!: string;
}
