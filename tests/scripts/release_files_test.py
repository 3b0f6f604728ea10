"""scripts/write-zip and scripts/write-sbom: what a release consists of beside its packages."""
import json
import os
import subprocess
import tempfile
import unittest
import zipfile

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../scripts')


def call(script, *words, epoch='1790000000'):
    return subprocess.run([os.path.join(SCRIPTS, script), *words], capture_output=True, text=True, check=False,
                          env={**os.environ, 'SOURCE_DATE_EPOCH': epoch}, timeout=60)


class ReleaseFilesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def page(self, name, names):
        for file in names:
            os.makedirs(os.path.dirname(self.path(name, file)), exist_ok=True)
            with open(self.path(name, file), 'w', encoding='utf-8') as stream:
                stream.write(file)
        return self.path(name)

    def zipped(self, folder, name, *more, **options):
        done = call('write-zip', folder, self.path(name), *more, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path(name), 'rb') as file:
            return file.read()

    def test_a_zip_has_the_same_bytes_whenever_and_wherever_it_is_made(self):
        first = self.page('first', ['index.html', 'assets/b.js', 'assets/a.js'])
        second = self.page('second', ['assets/a.js', 'assets/b.js', 'index.html'])
        os.utime(os.path.join(second, 'index.html'), (1, 1))
        os.chmod(os.path.join(second, 'index.html'), 0o600)
        self.assertEqual(self.zipped(first, '1.zip'), self.zipped(second, '2.zip'))
        self.assertNotEqual(self.zipped(first, '1.zip'), self.zipped(first, '3.zip', epoch='1700000000'))

    def test_a_zip_holds_the_folder_and_what_is_added(self):
        self.zipped(self.page('page', ['index.html', 'assets/a.js']), 'page.zip',
                    'LICENSE.txt=' + os.path.join(SCRIPTS, '../LICENSE'), epoch='0')
        with zipfile.ZipFile(self.path('page.zip')) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(archive.namelist(), ['LICENSE.txt', 'assets/a.js', 'index.html'])
            self.assertEqual(archive.read('assets/a.js'), b'assets/a.js')
            self.assertIn(b'MIT License', archive.read('LICENSE.txt'))
        for words in ([], [self.path('nowhere'), 'x.zip'], [self.root, self.path('x.zip'), 'odd']):
            self.assertEqual(call('write-zip', *words).returncode, 2, words)

    def test_a_list_of_parts_names_the_page_s(self):
        page = self.page('.', ['page.zip'])
        listed = self.path('page.spdx.json')
        done = call('write-sbom', listed, os.path.join(page, 'page.zip'))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(listed, encoding='utf-8') as file:
            document = json.load(file)
        self.assertEqual((document['spdxVersion'], document['creationInfo']['created']),
                         ('SPDX-2.3', '2026-09-21T14:13:20Z'))
        names = {part['name']: part for part in document['packages']}
        self.assertLessEqual({'page.zip', 'onnxruntime-web', 'libheif-js', '@noble/hashes'}, set(names))
        self.assertNotIn('vite', names)
        self.assertEqual(names['@noble/hashes']['externalRefs'][0]['referenceLocator'].split('@')[0], 'pkg:npm/%40noble/hashes')
        identifiers = {part['SPDXID'] for part in document['packages']}
        self.assertEqual(len(identifiers), len(document['packages']))
        for relation in document['relationships']:
            self.assertIn(relation['relatedSpdxElement'], identifiers)
            self.assertIn(relation['spdxElementId'], identifiers | {'SPDXRef-DOCUMENT'})
        self.assertEqual(call('write-sbom').returncode, 2)


if __name__ == '__main__':
    unittest.main()
