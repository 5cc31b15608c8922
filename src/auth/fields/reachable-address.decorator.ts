import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { LatchkeyError, UnavailableError } from '../../common/errors/latchkey-error.js';
import { hasUnicodeLocalPart } from '../../common/validation/email-address.js';
import { Mailer } from '../../mail/transport/mailer.js';

/** Refuses a new address that no mail would reach: with Unicode before the `@`, where the mail server takes none. */
@Injectable()
class ReachableAddressInterceptor implements NestInterceptor {
  constructor(private readonly mailer: Mailer) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { body } = context.switchToHttp().getRequest<{ body?: { email?: unknown } }>();
    const email = body?.email;
    // What else is wrong with it is said by the rules of the field.
    if (typeof email === 'string' && hasUnicodeLocalPart(email.trim()) && !(await this.takesUnicode())) {
      const message = 'email must be ASCII before the @: the mail server takes nothing else';
      throw new LatchkeyError(
        'VALIDATION_FAILED',
        'The request holds fields that are missing or not valid.',
        {
          fields: [{ field: 'email', message }],
        },
      );
    }
    return next.handle();
  }

  private async takesUnicode(): Promise<boolean> {
    try {
      return await this.mailer.takesUnicodeAddresses();
    } catch {
      throw new UnavailableError('It cannot be known right now whether mails reach this address.');
    }
  }
}

/** For routes that take a new address in `email`. */
export function ReachableAddress(): MethodDecorator {
  return applyDecorators(UseInterceptors(ReachableAddressInterceptor));
}
