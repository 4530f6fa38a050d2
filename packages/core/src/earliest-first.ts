/** Numbers of which always the smallest is taken: a binary heap, for queues that grow and shrink by the hundred thousand. */
export type EarliestFirst = {
  size(): number;
  add(value: number): void;
  /** The smallest; throws when there is none. */
  take(): number;
};

/** An empty queue. */
export function earliestFirst(): EarliestFirst {
  const heap: number[] = [];
  return {
    size: () => heap.length,
    add: (value) => {
      heap.push(value);
      rise(heap);
    },
    take: () => {
      const [smallest] = heap;
      const last = heap.pop();
      if (smallest === undefined || last === undefined) throw new Error('taken from an empty queue');
      if (heap.length > 0) {
        heap[0] = last;
        sink(heap);
      }
      return smallest;
    },
  };
}

/** Lets the last one up past all that are greater. */
function rise(heap: number[]): void {
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if ((heap[parent] as number) <= (heap[at] as number)) return;
    swap(heap, at, parent);
    at = parent;
  }
}

/** Lets the first one down past all that are smaller. */
function sink(heap: number[]): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) return;
    const right = left + 1;
    const child = right < heap.length && (heap[right] as number) < (heap[left] as number) ? right : left;
    if ((heap[at] as number) <= (heap[child] as number)) return;
    swap(heap, at, child);
    at = child;
  }
}

function swap(heap: number[], a: number, b: number): void {
  const value = heap[a] as number;
  heap[a] = heap[b] as number;
  heap[b] = value;
}
