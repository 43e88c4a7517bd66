import { defineEvent, identifier, text } from '@clickstream/schema-tools';

export const click = defineEvent({
  type: 'click',
  version: '1.1.0',
  description: 'A user clicked an element of a page.',
  owner: 'web',
  payload: {
    element_id: identifier({
      description: 'The element that was clicked, by a name that survives a redesign.',
      examples: ['add-to-cart'],
      pii: 'none',
      maxLength: 256,
    }),
    page: text({
      description: 'Where the element is: the URL, path or name of the page.',
      examples: ['/products/42'],
      pii: 'incidental',
      minLength: 1,
      maxLength: 8192,
    }),
  },
});
