// Aspects that wait for their rule to run, each once, what is read before what reads: a binary heap by rank.
import type { Aspect } from "./plan";

export class Waiting {
  private readonly heap: Aspect[] = [];
  private readonly known = new Set<Aspect>();

  constructor(aspects: Iterable<Aspect>) {
    for (const aspect of aspects) this.add(aspect);
  }

  add(aspect: Aspect): void {
    if (this.known.has(aspect)) return;
    this.known.add(aspect);
    const { heap } = this;
    let at = heap.push(aspect) - 1;
    for (let above = (at - 1) >> 1; at > 0 && heap[above]!.rank > aspect.rank; above = (at - 1) >> 1) {
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = aspect;
  }

  next(): Aspect | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (!first || !last) return undefined;
    this.known.delete(first);
    if (this.heap.length > 0) this.sink(last);
    return first;
  }

  private sink(aspect: Aspect): void {
    const { heap } = this;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && heap[below + 1]!.rank < heap[below]!.rank) below += 1;
      if (heap[below]!.rank >= aspect.rank) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = aspect;
  }
}
