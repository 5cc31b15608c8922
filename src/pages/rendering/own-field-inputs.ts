import { Injectable } from '@nestjs/common';
import { UserFields } from '../../users/fields/user-fields.js';
import type { Form } from '../form-of.js';
import type { FormField } from './page-form.js';
import type { Say } from './page-view.js';

type Writer = 'user' | 'admin';

type InputType = 'text' | 'number' | 'checkbox';

/** What a field is declared as; a union of texts has the type of any object. */
const INPUTS: ReadonlyMap<unknown, InputType> = new Map<unknown, InputType>([
  [Number, 'number'],
  ['number', 'number'],
  ['integer', 'number'],
  [Boolean, 'checkbox'],
  ['boolean', 'checkbox'],
  [String, 'text'],
  ['string', 'text'],
  [Object, 'text'],
  [undefined, 'text'],
]);

/** Where `@ApiProperty()` keeps what it was told. */
const DESCRIBED = 'swagger/apiModelProperties';

interface Described {
  readonly type?: unknown;
  readonly isArray?: boolean;
}

interface Filled {
  /** Default: `user`. */
  readonly by?: Writer;
  /** Whether a field that is left empty is taken back; else it is left out. Default: none is. */
  readonly takesBack?: (field: string) => boolean;
}

/** A team's own fields as inputs of forms: those that users write themselves, or all for administrators. */
@Injectable()
export class OwnFieldInputs {
  constructor(private readonly fields: UserFields) {}

  /** @param values what is in them: texts of a form, or values of the API */
  inputs(values: Readonly<Record<string, unknown>>, by: Writer = 'user'): FormField[] {
    return this.writtenBy(by).flatMap(({ name, required, type }): FormField[] => {
      const value = values[name];
      // Lists and objects are left to a front end of the team's.
      if (typeof value === 'object' && value !== null) return [];
      return [
        {
          name,
          type,
          label: labelOf(name),
          own: true,
          // Administrators need not know what only users can say.
          required: required && type !== 'checkbox' && (by === 'user' || isShown(value)),
          value: isShown(value) ? String(value) : '',
        },
      ];
    });
  }

  /** What there is in each, in words. */
  shown(t: Say, values: Readonly<Record<string, unknown>>): [name: string, text: string][] {
    return this.fields.declared.map(({ name }) => [labelOf(name), textOf(t, values[name])]);
  }

  /** What a form says of them, as the API takes it: null for a field that is taken back. */
  valuesOf(form: Form, { by = 'user', takesBack = () => false }: Filled = {}): Record<string, unknown> {
    const entries = this.writtenBy(by).flatMap(({ name, type }): [string, unknown][] => {
      const text = form[name] ?? '';
      // A box that is not ticked is not sent.
      if (type === 'checkbox')
        return text === 'true' || by === 'user' || takesBack(name) ? [[name, text === 'true']] : [];
      // It was not in the form, and stays as it is.
      if (form[name] === undefined) return [];
      if (text === '') return takesBack(name) ? [[name, null]] : [];
      // What is no number is refused by the API.
      return [[name, type === 'number' && !Number.isNaN(Number(text)) ? Number(text) : text]];
    });
    return Object.fromEntries(entries);
  }

  private writtenBy(by: Writer): { name: string; required: boolean; type: InputType }[] {
    return this.fields.declared.flatMap(({ name, required, write }) => {
      const type = this.typeOf(name);
      return (by === 'admin' || write === 'user') && type !== undefined ? [{ name, required, type }] : [];
    });
  }

  /** @returns undefined for lists and classes */
  private typeOf(name: string): InputType | undefined {
    const prototype = this.fields.declaration.prototype as object;
    const described = Reflect.getMetadata(DESCRIBED, prototype, name) as Described | undefined;
    if (described?.isArray === true) return undefined;
    const type = described?.type ?? (Reflect.getMetadata('design:type', prototype, name) as unknown);
    return INPUTS.get(type);
  }
}

/** `staffNumber` as people read it: `Staff number`. */
function labelOf(name: string): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What an input can hold. */
function isShown(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function textOf(t: Say, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return t(`admin.either.${value}`);
  return isShown(value) ? String(value) : JSON.stringify(value);
}
