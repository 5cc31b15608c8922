import { PasswordField } from '../fields/account-fields.js';

export class DeleteAccountDto {
  @PasswordField('the password you log in with')
  password!: string;
}
