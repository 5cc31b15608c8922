import { type AppOverrides, AUTH_FLOWS, EmailChangeModule } from 'latchkey';

export const withoutEmailChange: AppOverrides = {
  auth: { flows: AUTH_FLOWS.filter((flow) => flow !== EmailChangeModule) },
};
