import { NameField, NewPasswordField, PasswordField } from '../fields/account-fields.js';
import { WithUserFields } from '../fields/user-field-models.js';

@WithUserFields('profile')
export class UpdateProfileDto {
  @NameField('Ada King')
  name!: string | null;
}

export class ChangePasswordDto {
  @PasswordField()
  currentPassword!: string;

  @NewPasswordField('purple monkey dishwasher tuesday')
  newPassword!: string;
}
