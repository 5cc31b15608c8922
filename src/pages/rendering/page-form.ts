/** A field of a form, in words of the page's language. */
export interface FormField {
  readonly name: string;
  readonly type:
    'text' | 'email' | 'password' | 'number' | 'checkbox' | 'token' | 'select' | 'datetime-local';
  readonly label: string;
  /** Never a password: those are typed again. */
  readonly value?: string | undefined;
  /** WHATWG's names, by which browsers and password managers know what belongs here. */
  readonly autocomplete?: string;
  readonly hint?: string | undefined;
  /** Of a select: values, and what is read of each. */
  readonly options?: readonly (readonly [value: string, text: string])[];
  readonly required?: boolean;
  /** Shown, and not to be changed or sent. */
  readonly disabled?: boolean;
  readonly error?: string | undefined;
  /** A team's own, whose rules say in the team's words what is wrong. */
  readonly own?: boolean;
}

/** A form, and where it is sent. */
export interface FormModel {
  /** Path of the application. */
  readonly action: string;
  readonly fields: readonly FormField[];
  /** What the fields are together, for those who do not see them. */
  readonly legend?: string | undefined;
  /** What its button says. */
  readonly submit: string;
  /** That it cannot be taken back. */
  readonly danger?: boolean;
  /** Sent along, unseen. */
  readonly hidden?: Readonly<Record<string, string>>;
}
