// Where the native tools and the test data are, and what a test does where something is missing.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../../..');
const notBuilt = 77; // ctest's "skipped"

function tool(variable, place) {
  return process.env[variable] ?? path.join(repository, 'build/native', place);
}

export const tools = {
  classify: tool('CATDOG_CLASSIFY', 'native/inference/catdog-classify'),
  makeBundle: tool('CATDOG_MAKE_TEST_BUNDLE', 'tests/bundles/make_test_bundle'),
  makeHostileBundles: tool('CATDOG_MAKE_HOSTILE_BUNDLES', 'tests/bundles/make_hostile_bundles'),
  makeHeic: tool('CATDOG_MAKE_TEST_HEIC', 'tests/support/make_test_heic'),
  networkAnswers: tool('CATDOG_NETWORK_ANSWERS', 'tests/shared/network_answers'),
  makePictures: tool('CATDOG_MAKE_TEST_PICTURES', 'tests/pictures/make_test_pictures'),
};

/** Ends the whole test program as skipped where a file is missing. */
export function skipWithout(...files) {
  for (const file of files) {
    if (fs.existsSync(file)) continue;
    console.log(`skipped: expected ${file}, found nothing (scripts/test builds it)`);
    process.exit(notBuilt);
  }
}

/** A folder that is gone when the program ends. */
export function temporaryFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'catdog-web-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function run(program, ...words) {
  return execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A bundle with a tiny network of random weights. */
export function makeBundle(folder, ...options) {
  run(tools.makeBundle, folder, ...options);
  return folder;
}

/** The folder of real photos, or nothing. */
export function testData() {
  const folder = process.env.CATDOG_TEST_DATA ?? path.resolve(repository, '../shared/data');
  return fs.existsSync(folder) ? folder : undefined;
}
