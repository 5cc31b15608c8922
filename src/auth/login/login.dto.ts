import { EmailField, PasswordField } from '../fields/account-fields.js';

export class LoginDto {
  @EmailField()
  email!: string;

  @PasswordField()
  password!: string;
}
