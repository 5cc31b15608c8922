import { describe, expect, it } from '@jest/globals';
import { emptySettings } from './empty-settings.js';

describe('emptySettings', () => {
  it('says which settings are there and empty, and so count as not set', () => {
    expect(emptySettings({ AUDIENCE: '', PORT: '0', HOME: '' })).toEqual([
      'AUDIENCE is empty, and counts as not set.',
    ]);
    expect(emptySettings({ AUDIENCE: '', APP_SECRET_FILE: '' })).toEqual([
      expect.stringMatching(/AUDIENCE.* are empty, and count as not set\.$/),
    ]);
    expect(emptySettings({ PORT: '0' })).toEqual([]);
  });
});
