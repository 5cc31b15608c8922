import { NewPasswordField, OptionalNameField } from '../fields/account-fields.js';
import { WithUserFields } from '../fields/user-field-models.js';
import { OneTimeTokenDto } from '../mails/one-time-token.dto.js';

@WithUserFields('completion')
export class ConfirmRegistrationDto extends OneTimeTokenDto {
  @OptionalNameField()
  name?: string | null;

  @NewPasswordField()
  password!: string;
}

@WithUserFields('completion')
export class AcceptInvitationDto extends ConfirmRegistrationDto {}
