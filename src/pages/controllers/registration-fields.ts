import { Injectable } from '@nestjs/common';
import { PasswordsConfig } from '../../config/config.js';
import type { Form } from '../form-of.js';
import { KnownFields } from '../rendering/known-fields.js';
import { OwnFieldInputs } from '../rendering/own-field-inputs.js';
import type { FormField } from '../rendering/page-form.js';
import type { Say } from '../rendering/page-view.js';

/** What is asked for where people make an account of their own. */
@Injectable()
export class RegistrationFields {
  constructor(
    private readonly own: OwnFieldInputs,
    private readonly passwords: PasswordsConfig,
  ) {}

  inputs(t: Say, form: Form): readonly FormField[] {
    const known = new KnownFields(t, this.passwords.minLength);
    return [
      known.name(form['name']),
      known.email(form['email']),
      ...this.own.inputs(form),
      known.newPassword('password', 'password'),
    ];
  }

  /** What the form says, as the API takes it. */
  valuesOf(form: Form): object {
    const { name = '', email = '', password = '' } = form;
    return { email, password, ...(name !== '' && { name }), ...this.own.valuesOf(form) };
  }
}
