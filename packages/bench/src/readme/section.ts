/** A part of a README that a command writes. */
export interface Section {
  readonly name: string;
  /** What writes it, such as `pnpm bench producer --chart`. */
  readonly command: string;
  /** The heading of the section when it is new. */
  readonly title: string;
  readonly content: string;
}

/** Replaces what is between the markers of a section; the first time it goes to the end. */
export function insertSection(text: string, { name, command, title, content }: Section): string {
  const start = `<!-- bench ${name}: written by \`${command}\` -->`;
  const end = `<!-- /bench ${name} -->`;
  const section = `${start}\n\n${content}\n\n${end}`;
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from === -1 || to < from) return `${text.trimEnd()}\n\n## ${title}\n\n${section}\n`;
  return text.slice(0, from) + section + text.slice(to + end.length);
}
