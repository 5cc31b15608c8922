import { Injectable } from '@nestjs/common';
import { PasswordsConfig } from '../../config/config.js';
import type { Form } from '../form-of.js';
import { KnownFields } from '../rendering/known-fields.js';
import { OwnFieldInputs } from '../rendering/own-field-inputs.js';
import type { FormField } from '../rendering/page-form.js';
import type { Say } from '../rendering/page-view.js';
import { type LinkPurpose, MAKES_ACCOUNT } from './link-purposes.js';

/** What is asked for where a mailed link leads. */
@Injectable()
export class LinkFields {
  constructor(
    private readonly own: OwnFieldInputs,
    private readonly passwords: PasswordsConfig,
  ) {}

  /** @param needsPassword and what else shows that the reader is who the mail was for */
  inputs(t: Say, purpose: LinkPurpose, form: Form, needsPassword: boolean): readonly FormField[] {
    const known = new KnownFields(t, this.passwords.minLength);
    return [
      known.token(form['token']),
      ...(needsPassword ? purpose.fields(known, form) : []),
      ...(MAKES_ACCOUNT.has(purpose) ? this.own.inputs(form) : []),
    ];
  }

  /** What the form says, as the API takes it. */
  valuesOf(purpose: LinkPurpose, form: Form): object {
    const { token = '', password = '', name = '' } = form;
    return {
      token,
      ...(password !== '' && { password }),
      ...(MAKES_ACCOUNT.has(purpose) && { ...(name !== '' && { name }), ...this.own.valuesOf(form) }),
    };
  }
}
