import { EmailField, NewPasswordField, OptionalNameField } from '../fields/account-fields.js';

export class RegisterDto {
  @OptionalNameField()
  name?: string | null;

  @EmailField()
  email!: string;

  @NewPasswordField()
  password!: string;
}
