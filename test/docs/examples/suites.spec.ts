import { ourSuites } from './suites.js';

ourSuites();
