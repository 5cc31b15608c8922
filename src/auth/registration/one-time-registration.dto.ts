import { NewPasswordField, OptionalNameField, PasswordField } from '../fields/account-fields.js';
import { OneTimeTokenDto } from '../mails/one-time-token.dto.js';

export class ConfirmRegistrationDto extends OneTimeTokenDto {
  @PasswordField()
  password!: string;
}

export class AcceptInvitationDto extends OneTimeTokenDto {
  @OptionalNameField()
  name?: string;

  @NewPasswordField()
  password!: string;
}
