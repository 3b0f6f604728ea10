// Reading files whole.
import type { Failure } from '../core/core';

/** Every failure is a value. `mostBytes`: larger files are refused unread. */
export async function readFile(file: File, mostBytes: number): Promise<Uint8Array<ArrayBuffer> | Failure> {
  const failure = (error: string, problem: Failure['problem']): Failure => ({ error, problem, format: 'unknown' });
  if (file.size > mostBytes) {
    const [most, found] = [mostBytes / 2 ** 20, Math.floor(file.size / 2 ** 20)];
    return failure(`expected a file of at most ${most} MiB, found ${found} MiB`, 'too-large');
  }
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    if (error instanceof RangeError) return failure('expected memory for the file, found none', 'no-memory');
    return failure(`expected a readable file, found ${error instanceof Error ? error.name : String(error)}`, 'corrupt');
  }
}
