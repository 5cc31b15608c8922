import { EmailField, NewPasswordField, OptionalNameField } from '../fields/account-fields.js';
import { WithUserFields } from '../fields/user-field-models.js';

@WithUserFields('registration')
export class RegisterDto {
  @OptionalNameField()
  name?: string | null;

  @EmailField()
  email!: string;

  @NewPasswordField()
  password!: string;
}
