import { type Browser, chromium as playwright } from 'playwright-core';
import { chromium } from './services/available.js';

/** What a browser without a network must not try, and what root needs. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Chromium, for tests of `describeWithChromium`, which close it. */
export function launchChromium(): Promise<Browser> {
  return playwright.launch({ executablePath: chromium?.executablePath ?? '', args: ARGUMENTS });
}
