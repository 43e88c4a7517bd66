import { type Child, html } from './html.ts';

/** What JSON and the TypeScript of the samples are made of; anything else is left as it is. */
const TOKENS =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)|(?<key>"(?:[^"\\\n]|\\.)*"(?=:))|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<number>(?<![\w$.])-?\d[\d.eE+-]*)|(?<word>\b(?:async|await|const|declare|export|false|from|import|null|true|type|using)\b)/g;

/** Code with its words marked for colours. */
export function highlight(code: string): Child {
  const parts: Child[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKENS)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    parts.push(code.slice(end, match.index), html`<span class="t-${kind}">${match[0]}</span>`);
    end = match.index + match[0].length;
  }
  return [...parts, code.slice(end)];
}
