import { EmailField, PasswordField } from '../fields/account-fields.js';

export class ChangeEmailDto {
  @EmailField('ada.king@example.com')
  email!: string;

  @PasswordField()
  password!: string;
}
