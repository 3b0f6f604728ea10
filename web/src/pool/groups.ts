// How many photos a worker is given at once: enough that neither messages nor reading hold it up, few enough that it does
// not keep a person waiting, and that all workers end at the same time.

const most = 8; // photos; of the common size, a worker has them for some 50 ms
const mostBytes = 2 ** 20; // of files: large photos take their time one by one

interface Waiting {
  file: { readonly size: number };
  suspect: boolean;
}

/** The length of the next group of `waiting`, from its start on; `shares`: groups that all workers have together. */
export function groupLength(waiting: readonly Waiting[], shares: number): number {
  const wanted = Math.min(most, Math.ceil(waiting.length / (2 * shares)));
  let bytes = 0;
  for (let length = 0; length < wanted; length += 1) {
    const { file, suspect } = waiting[length]!;
    bytes += suspect ? mostBytes : file.size;
    if (bytes > mostBytes) return Math.max(1, length);
    if (suspect) return 1;
  }
  return wanted;
}
