import { ResourceServerModule } from 'latchkey/resource-server';

/** In place of the one above. @param token the service's own, as its secrets hold it */
export const hearing = (issuer: string, audience: string, token: string) =>
  ResourceServerModule.forRoot({ issuer, audience, revocations: { token } });
