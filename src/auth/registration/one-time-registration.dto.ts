import { NewPasswordField, OptionalNameField } from '../fields/account-fields.js';
import { OneTimeTokenDto } from '../mails/one-time-token.dto.js';

export class ConfirmRegistrationDto extends OneTimeTokenDto {
  @OptionalNameField()
  name?: string | null;

  @NewPasswordField()
  password!: string;
}

export class AcceptInvitationDto extends ConfirmRegistrationDto {}
