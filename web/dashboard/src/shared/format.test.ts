import { describe, expect, it } from 'vitest';
import { formatCountdown, formatSize, formatTime } from './format';

describe('formatSize', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1 KB'],
    [1536, '1.5 KB'],
    [1_048_575, '1 MB'],
    [12_582_912, '12 MB'],
    [5 * 1024 ** 4, '5 TB'],
    [Number.NaN, '–'],
    [-1, '–'],
  ])('%d is %s', (bytes, text) => {
    expect(formatSize(bytes).replace('\u00a0', ' ')).toBe(text);
  });
});

describe('formatCountdown', () => {
  it.each([
    [0, 'expired'],
    [-5, 'expired'],
    [59.9, '59 s'],
    [3545, '59 min 05 s'],
    [3600, '1 h 00 min'],
    [90_000, '1 d 01 h'],
  ])('%d s is %s', (seconds, text) => {
    expect(formatCountdown(seconds)).toBe(text);
  });
});

describe('formatTime', () => {
  it('shows a dash where there is no time', () => {
    expect(formatTime(undefined)).toBe('–');
    expect(formatTime('yesterday')).toBe('–');
  });
});
