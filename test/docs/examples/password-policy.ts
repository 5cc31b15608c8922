import {
  type LatchkeyComposition,
  ContextWordsPolicy,
  PasswordPolicies,
  PasswordPolicy,
  StandardPasswordPolicy,
} from 'latchkey';

class NoWeekdaysPolicy extends PasswordPolicy {
  reject(password: string): Promise<string | undefined> {
    return Promise.resolve(/(?:mon|tues)day/i.test(password) ? 'must name no day' : undefined);
  }
}

export const ourPolicy: LatchkeyComposition = {
  providers: [
    {
      provide: PasswordPolicy,
      inject: [StandardPasswordPolicy],
      useFactory: (standard: StandardPasswordPolicy) =>
        new PasswordPolicies([
          new ContextWordsPolicy(['Acme', 'Roadrunner']), // your organisation, products, project names …
          standard,
          new NoWeekdaysPolicy(),
        ]),
    },
  ],
};
