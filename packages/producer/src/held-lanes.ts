import type { Lane } from './lane.ts';

/** Lanes whose head failed, by the time at which they may try again. */
export class HeldLanes<T> {
  readonly #groups: { atMs: number; lanes: Lane<T>[] }[] = [];

  /** When the next lane may try again. Infinity: none is held. */
  get wakeAtMs(): number {
    return this.#groups[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  push(lane: Lane<T>, atMs: number): void {
    let index = this.#groups.length;
    while (index > 0 && (this.#groups[index - 1]?.atMs ?? 0) > atMs) index -= 1;
    const group = this.#groups[index - 1];
    if (group?.atMs === atMs) group.lanes.push(lane);
    else this.#groups.splice(index, 0, { atMs, lanes: [lane] });
  }

  /** Takes out the lanes whose time has come. */
  wake(nowMs: number): Lane<T>[] {
    if (this.wakeAtMs > nowMs) return [];
    let count = 1;
    while ((this.#groups[count]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) count += 1;
    return this.#groups.splice(0, count).flatMap(({ lanes }) => lanes);
  }

  clear(): void {
    this.#groups.length = 0;
  }
}
