import { defineEvent, optional, text, url } from '@clickstream/schema-tools';

export const pageView = defineEvent({
  type: 'page_view',
  version: '1.1.0',
  description: 'A page was shown to a user.',
  owner: 'web',
  payload: {
    url: url({
      description: 'The page that was shown.',
      examples: ['https://shop.example/products/42?ref=mail'],
      pii: 'incidental',
    }),
    referrer: optional(
      url({
        description: 'The page that led here. Leave it out when there is none.',
        examples: ['https://search.example/?q=shoes'],
        pii: 'incidental',
      }),
    ),
    title: optional(
      text({
        description: 'The title of the page.',
        examples: ['Running shoes'],
        pii: 'incidental',
        maxLength: 1024,
      }),
    ),
  },
});
