"""What the tests of catdog-classify share: a model, a folder of photos, and how to run it."""
import os
import tempfile

from tool_testing import ScratchCase, ppm, rows_of, run, striped, write

CLASSIFY, MAKE_BUNDLE = os.environ['CATDOG_CLASSIFY'], os.environ['CATDOG_MAKE_TEST_BUNDLE']
LABELS = ['Cat', 'Dog', 'Fish']


class ClassifyCase(ScratchCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()
        cls.model = os.path.join(cls.shared.name, 'bundle')
        made = run(MAKE_BUNDLE, cls.model, '--labels', ','.join(LABELS), '--seed', '4')
        assert made.returncode == 0, made.stderr
        cls.photos = os.path.join(cls.shared.name, 'photos')
        for i in range(37):
            write(os.path.join(cls.photos, f'{i % 4}', f'{i}.ppm'), ppm(20 + i, 60 - i, striped(i)))
        write(os.path.join(cls.photos, '1', 'broken.jpg'), b'\xff\xd8\xff\xe0 no more')
        write(os.path.join(cls.photos, 'notes.txt'), b'not a picture\n')

    def classify(self, *arguments, model=None, **options):
        return run(CLASSIFY, *arguments, '--model', model or self.model, **options)

    def rows(self, *arguments, **options):
        done = self.classify(*arguments, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return rows_of(done.stdout)
