import { Injectable } from '@nestjs/common';

/** Flows without which another flow has nothing to write down for them. */
export type PresentFlow = 'login' | 'email-verification' | 'registration';

/** Which flows the application has: each declares itself. What only serves one that is left out is not written. */
@Injectable()
export class PresentFlows {
  private readonly flows = new Set<PresentFlow>();

  declare(flow: PresentFlow): void {
    this.flows.add(flow);
  }

  has(flow: PresentFlow): boolean {
    return this.flows.has(flow);
  }
}
