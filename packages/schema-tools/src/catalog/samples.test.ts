import { expect, test } from 'vitest';
import { catalogInput } from '../../test/catalog/events.ts';
import { isSchema } from './field-tree.ts';
import { codeOf, samplesOf } from './samples.ts';

test.each(catalogInput().models)(
  '$type $version: samples with all fields and with few',
  (model) => {
    const { complete, smallest } = samplesOf(model);
    const names = (json: string): string[] => {
      const sample: unknown = JSON.parse(json);
      return isSchema(sample) ? Object.keys(sample) : [];
    };
    const { properties, required } = model.schema;
    expect(names(complete)).toEqual(Object.keys(properties ?? {}));
    expect(new Set(names(smallest))).toEqual(new Set(Object.values(required ?? [])));
  },
);

test('code shows what must be passed, and nothing that the SDK writes', () => {
  const [order] = catalogInput().models.map((model) => codeOf(model));
  const { produce = '', consume = '' } = order ?? {};
  expect(produce).toContain(`producer.order({
  user_id: 'u1',
  order_id: 'order-1',
  total: {
    amount: 19.99,
    currency: 'EUR',
  },`);
  expect(produce).not.toMatch(/event_type|gift|session_id/);
  expect(consume).toContain(
    'console.log(event.order_id, event.total, event.lines, sequenceNumber)',
  );
});
