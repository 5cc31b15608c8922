import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { UnavailableError } from '../common/errors/latchkey-error.js';
import { grpcAnswer } from './grpc-answer.js';
import { GrpcRefusedException } from './grpc-refusal.js';

/** Answers what guards refuse, also where the application has a filter of its own for errors (`globalFilter: false`). */
@Catch(GrpcRefusedException)
export class GrpcRefusedFilter implements ExceptionFilter<GrpcRefusedException> {
  catch(refused: GrpcRefusedException, host: ArgumentsHost): Observable<unknown> {
    return grpcAnswer(refused, () => new UnavailableError(), host);
  }
}
