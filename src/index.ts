export { AppModule, type AppOverrides } from './app.module.js';
