import { RootConstruct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { readSettings, SettingsError } from '../src/settings.ts';

function settings(context: Record<string, unknown>): ReturnType<typeof readSettings> {
  const { node } = new RootConstruct();
  for (const [name, value] of Object.entries(context)) node.setContext(name, value);
  return readSettings(node);
}

test('there is a default for everything', () => {
  expect(settings({})).toEqual({ shardCount: 2, retentionHours: 72, alarmEmail: undefined });
});

test('numbers come from the command line as text', () => {
  expect(settings({ shardCount: '8', retentionHours: '168' })).toMatchObject({
    shardCount: 8,
    retentionHours: 168,
  });
});

describe('what cannot be used is refused', () => {
  test.each([0, 501, -1, 1.5, '2x', '', ' 3', true, Number.NaN, {}])(
    'shardCount %j',
    (shardCount) => {
      expect(() => settings({ shardCount })).toThrow(
        /^Context "shardCount" must be a whole number from 1 to 500, not /,
      );
    },
  );

  test.each([23, 8761, 'long'])('retentionHours %j', (retentionHours) => {
    expect(() => settings({ retentionHours })).toThrow(
      /^Context "retentionHours" must be a whole number from 24 to 8760, not /,
    );
  });

  test.each(['on-call', '', 7, 'a b@example.com'])('alarmEmail %j', (alarmEmail) => {
    expect(() => settings({ alarmEmail })).toThrow(SettingsError);
    expect(() => settings({ alarmEmail })).toThrow(/^Context "alarmEmail" must be an e-mail/);
  });
});
