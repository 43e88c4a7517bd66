/** The part of Next that the recipe uses. Next itself is too large to install for one import. */
declare module 'next/server' {
  export function after(task: () => unknown): void;
}
