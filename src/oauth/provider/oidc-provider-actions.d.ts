/** Part of the library that it has no types for; its version is exact. */
declare module 'oidc-provider/lib/actions/discovery.js';
