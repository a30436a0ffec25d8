import { describe, expect, it } from 'vitest';
import { formatOf, notifySchema, occasionsOf } from './settings.ts';

const mistakesIn = (value: unknown): string =>
  (notifySchema.safeParse(value).error?.issues ?? []).map(({ message }) => message).join('; ');

describe('notify in the settings', () => {
  it('tells the form by the host', () => {
    const by = (webhook: string) => formatOf(notifySchema.parse({ webhook }));
    expect(by('https://hooks.slack.com/services/T/B/x')).toBe('slack');
    expect(by('https://discord.com/api/webhooks/1/x')).toBe('discord');
    expect(by('https://ntfy.sh/topic')).toBe('ntfy');
    expect(by('https://ntfy.example.org/topic')).toBe('ntfy');
  });

  it('asks for the form where the host does not tell it, and is not taken in by a look-alike', () => {
    for (const webhook of [
      'https://example.org/x',
      'https://slack.com.evil.example/x',
      'https://myslack.com/x',
    ]) {
      expect(mistakesIn({ webhook })).toContain('write one of slack, discord, ntfy');
      expect(formatOf(notifySchema.parse({ webhook, format: 'slack' }))).toBe('slack');
    }
  });

  it('is about everything where it does not say what', () => {
    const webhook = 'https://ntfy.sh/topic';
    expect([...occasionsOf(notifySchema.parse({ webhook }))]).toEqual(['keep', 'done', 'trouble']);
    expect([...occasionsOf(notifySchema.parse({ webhook, on: ['done'] }))]).toEqual(['done']);
    expect(mistakesIn({ webhook, on: ['lunch'] })).not.toBe('');
  });

  it('goes over https, or stays on this machine', () => {
    for (const webhook of ['http://127.0.0.1:8080/x', 'http://localhost/x', 'http://[::1]:1/x'])
      expect(mistakesIn({ webhook, format: 'ntfy' })).toBe('');
    for (const webhook of [
      'http://ntfy.sh/x',
      'http://127.0.0.1.evil.example/x',
      'ftp://127.0.0.1/x',
      'file:///etc/passwd',
    ])
      expect(mistakesIn({ webhook, format: 'ntfy' })).toContain('must begin with https://');
  });

  it('repeats no address in what it says is wrong', () => {
    for (const webhook of [
      'http://ntfy.sh/secret',
      'secret',
      'https://me:secret@ntfy.sh/x',
      'https://example.org/secret',
    ]) {
      expect(mistakesIn({ webhook })).not.toBe('');
      expect(mistakesIn({ webhook })).not.toContain('secret');
    }
  });
});
