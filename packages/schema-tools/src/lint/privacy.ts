import { PII_KINDS } from '../marks.ts';
import { isValue } from './nodes.ts';
import { eachNode, type Rule } from './rule.ts';

const KINDS: readonly unknown[] = PII_KINDS;
/** Names that as a rule hold what tells of a person. */
const TELLING =
  /(?:^|_)(?:e_?mail|phone|mobile|ssn|iban|passport|password|birth(?:day|date)?|age|gender|surname|ip|latitude|longitude|zip|postcode|user_agent|(?:first|last|full|family|given|user)_?name|(?:user|visitor|customer|account|session|visit|device|cookie|order|advertising)_id|(?:ip|street|postal|home|delivery|billing)_address|postal_code)(?:_|$)/;

/** Rules on what a value can tell about a person. */
export const privacyRules: readonly Rule[] = [
  {
    id: 'pii-marked',
    what: 'Every value says what it can tell about a person.',
    why: 'Masking, retention and erasure work by the mark; what is not marked is forgotten. Numbers, words and yes/no count too: an age, a gender.',
    mend: `Give it a \`pii\`: ${PII_KINDS.join(', ')}.`,
    check: eachNode((node) => {
      if (!isValue(node)) return undefined;
      const mark = node.schema['x-pii'];
      if (mark === undefined) return 'Nothing says what the value can tell about a person.';
      return KINDS.includes(mark) ? undefined : `${JSON.stringify(mark)} is no kind of PII.`;
    }),
  },
  {
    id: 'pii-plausible',
    what: 'A value whose name or form suggests a person is not marked as none.',
    why: 'The wrong mark is worse than none: it is believed.',
    mend: 'Mark it as what it is; a URL is incidental at least, since anybody may put an address into its query.',
    check: eachNode(({ schema, path }) => {
      if (schema['x-pii'] !== 'none') return undefined;
      if (schema['format'] === 'uri') return 'A URL is marked as telling nothing of a person.';
      return TELLING.test(path.at(-1) ?? '')
        ? `"${path.at(-1)}" is marked as telling nothing of a person.`
        : undefined;
    }),
  },
];
