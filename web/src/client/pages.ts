// A list that comes page by page, read whole.

/** Far more than any list that is read whole has; one that goes on is a fault of the server's. */
const PAGES_MAX = 100;

interface Page<T> {
  items: readonly T[];
  next?: string | null;
}

/** All items, from the page after nothing to the last; a page may be empty and yet not the last. */
export async function read_all_pages<T>(read: (after: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const part = await read(after);
    all.push(...part.items);
    if (!part.next) return all;
    after = part.next;
  }
  throw new Error(`a list does not end after ${PAGES_MAX} pages`);
}
