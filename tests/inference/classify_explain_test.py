"""catdog-classify --explain: a picture for each photo, and the same predictions."""
import os
import tempfile
import unittest

from tool_testing import ppm, rows_of, run, write

CLASSIFY, MAKE_BUNDLE = os.environ['CATDOG_CLASSIFY'], os.environ['CATDOG_MAKE_TEST_BUNDLE']


class ClassifyExplainTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.photos, self.heat = os.path.join(scratch.name, 'photos'), os.path.join(scratch.name, 'heat')
        self.model, self.plain_model = os.path.join(scratch.name, 'model'), os.path.join(scratch.name, 'plain')
        for i in range(7):
            write(os.path.join(self.photos, str(i % 2), f'{i}.ppm'), ppm(20 + i, 40, (30 * i, 99, 7)))
        write(os.path.join(self.photos, 'notes.txt'), b'not a picture')
        for model, options in ((self.model, ['--presence']), (self.plain_model, [])):
            made = run(MAKE_BUNDLE, model, '--labels', 'a,b,c', *options)
            self.assertEqual(made.returncode, 0, made.stderr)

    def classify(self, model, *options):
        return run(CLASSIFY, self.photos, '--model', model, *options)

    def explained(self):
        return sorted(os.path.relpath(os.path.join(folder, file), self.heat)
                      for folder, _, files in os.walk(self.heat) for file in files)

    def test_a_picture_for_each_photo(self):
        plain, done = self.classify(self.model), self.classify(self.model, '--explain', self.heat)
        self.assertEqual((done.returncode, done.stdout), (0, plain.stdout), done.stderr)
        rows = rows_of(done.stdout)
        self.assertEqual(self.explained(), sorted(row['path'] + '.png' for row in rows if not row['error']))
        with open(os.path.join(self.heat, self.explained()[0]), 'rb') as file:
            self.assertEqual(file.read(8), b'\x89PNG\r\n\x1a\n')

    def test_a_picture_that_cannot_be_written_costs_no_prediction(self):
        os.makedirs(os.path.join(self.heat, os.path.basename(self.photos), '1', '3.ppm.png'))
        os.makedirs(os.path.join(self.heat, '1', '3.ppm.png'))
        done = self.classify(self.model, '--explain', self.heat)
        self.assertEqual((done.returncode, done.stdout), (0, self.classify(self.model).stdout), done.stderr)
        self.assertIn('3.ppm.png: expected to write where the network looked', done.stderr.decode())

    def test_a_model_without_a_map_is_refused(self):
        done = self.classify(self.plain_model, '--explain', self.heat)
        self.assertEqual((done.returncode, done.stdout), (1, b''))
        self.assertIn('--explain: expected a model that tells where it looked', done.stderr.decode())
        self.assertFalse(os.path.exists(self.heat))


if __name__ == '__main__':
    unittest.main()
