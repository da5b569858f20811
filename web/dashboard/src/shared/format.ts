const UNITS = ['KB', 'MB', 'GB', 'TB'] as const;

const NBSP = '\u00a0';

/** A number of bytes as people read it: `0 bytes`, `1 byte`, `1.5 KB`, `12 MB` (1 KB = 1,024 bytes, like file managers). */
export function formatSize(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–';
  if (bytes < 1024) return `${bytes}${NBSP}${bytes === 1 ? 'byte' : 'bytes'}`;
  let value = bytes / 1024;
  let unit = 0;
  // Compare what will be printed: 1,048,575 bytes are "1 MB", not "1,024 KB".
  while (Number(value.toFixed(value < 10 ? 1 : 0)) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = value < 10 ? 1 : 0;
  return `${value.toFixed(digits).replace(/\.0$/, '')}${NBSP}${UNITS[unit]}`;
}

const DATE_TIME = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** An ISO-8601 time in the reader's time zone; a dash when there is none. */
export function formatTime(iso: string | undefined): string {
  const time = iso ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(time) ? '–' : DATE_TIME.format(time);
}

/** Seconds left as `59 min 05 s`, `2 h 01 min` or `expired`. */
export function formatCountdown(seconds: number): string {
  if (seconds <= 0) return 'expired';
  const whole = Math.floor(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  if (whole >= 86_400) return `${Math.floor(whole / 86_400)} d ${pad(Math.floor((whole % 86_400) / 3600))} h`;
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${whole} s`;
}
