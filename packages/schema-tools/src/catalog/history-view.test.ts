import { expect, test } from 'vitest';
import { pathOfPointer } from './history-view.ts';

test.each([
  ['', ''],
  ['/description', ''],
  ['/properties/url/maxLength', 'url'],
  ['/properties/items', 'items'],
  ['/properties/items/items/properties/price/maximum', 'items[].price'],
  ['/properties/properties/properties/items/items/items/type', 'properties.items[][]'],
  ['/properties/a~1b~01', 'a/b~1'],
])('%s is the field %s', (pointer, path) => expect(pathOfPointer(pointer)).toBe(path));
