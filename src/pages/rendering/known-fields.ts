import type { FormField } from './page-form.js';
import type { Say } from './page-view.js';

/** The fields that several forms have, as browsers and password managers know them. */
export class KnownFields {
  constructor(
    private readonly t: Say,
    private readonly passwordMinimum: number,
  ) {}

  email(value = '', label = 'email', name = 'email'): FormField {
    return { name, type: 'email', label: this.t(label), value, autocomplete: 'username', required: true };
  }

  name(value = ''): FormField {
    return { name: 'name', type: 'text', label: this.t('name'), value, autocomplete: 'name' };
  }

  password(label = 'password', name = 'password'): FormField {
    return { name, type: 'password', label: this.t(label), autocomplete: 'current-password', required: true };
  }

  newPassword(name = 'password', label = 'password.new'): FormField {
    const hint = this.t('password.hint', { minimum: this.passwordMinimum });
    return {
      name,
      type: 'password',
      label: this.t(label),
      autocomplete: 'new-password',
      required: true,
      hint,
    };
  }

  /** Filled in by the script from the link's fragment; else pasted. */
  token(value = ''): FormField {
    return {
      name: 'token',
      type: 'token',
      label: this.t('token'),
      value,
      required: true,
      hint: this.t('token.hint'),
    };
  }
}
