"""catdog-classify --explain: a picture for each photo, and the same predictions."""
import os
import shutil
import struct
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

    def test_every_frame_has_a_picture_of_its_own_in_the_folder(self):
        names = [b'..', b'../../x.ppm', b'a', b'a', b'/a', b'a.png/b', b'x\0y', b'x\0z', b'']
        frames = b''.join(struct.pack('>IQ', len(name), len(photo)) + name + photo
                          for name, photo in ((name or b'/', ppm(20 + i, 40, (30 * i, 99, 7))) for i, name in enumerate(names)))
        done = run(CLASSIFY, '--stdin-stream', '--model', self.model, '--explain', self.heat, '--threads', '3', input=frames)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.explained()), len(names))
        self.assertEqual(sorted(os.listdir(os.path.dirname(self.heat))), ['heat', 'model', 'photos', 'plain'])

    def test_links_in_the_folder_are_not_followed(self):
        outside = os.path.join(os.path.dirname(self.heat), 'outside')
        os.makedirs(outside)
        write(os.path.join(outside, 'kept'), b'kept')
        os.makedirs(os.path.join(self.heat, 'photos', '1'))
        os.symlink(outside, os.path.join(self.heat, 'photos', '0'))
        os.symlink(os.path.join(outside, 'kept'), os.path.join(self.heat, 'photos', '1', '3.ppm.png'))
        done = self.classify(self.model, '--explain', self.heat)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.listdir(outside), ['kept'])
        with open(os.path.join(outside, 'kept'), 'rb') as file:
            self.assertEqual(file.read(), b'kept')
        self.assertFalse(os.path.islink(os.path.join(self.heat, 'photos', '1', '3.ppm.png')))
        self.assertIn('photos/0/0.ppm.png: expected to write', done.stderr.decode())

    def test_own_outputs_are_no_inputs(self):
        above = os.path.dirname(self.photos)
        expected = self.classify(self.model).stdout
        os.makedirs(os.path.join(above, 'kept'))
        for out in ('p.csv', 'sub/../p.csv', 'link.csv'):
            shutil.rmtree(os.path.join(above, 'again'), ignore_errors=True)
            shutil.copytree(self.photos, os.path.join(above, 'again', 'photos'))
            os.makedirs(os.path.join(above, 'again', 'photos', 'sub'))
            if out == 'link.csv':
                os.symlink('real.csv', os.path.join(above, 'again', 'photos', out))
            for _ in range(2):  # the second time they are there
                done = run(CLASSIFY, 'photos', '--model', self.model, '--out', os.path.join('photos', out),
                           '--explain', 'photos/heat/', cwd=os.path.join(above, 'again'))
                self.assertEqual(done.returncode, 0, done.stderr)
                with open(os.path.join(above, 'again', 'photos', out), 'rb') as file:
                    self.assertEqual(file.read(), expected, out)
        with open(os.path.join(self.photos, 'here.csv'), 'wb') as file:
            run(CLASSIFY, self.photos, '--model', self.model, stdout=file)
        with open(os.path.join(self.photos, 'here.csv'), 'rb') as file:
            self.assertEqual(file.read(), expected, 'also where the shell opened it')
        os.remove(os.path.join(self.photos, 'here.csv'))
        done = run(CLASSIFY, self.photos, '--model', self.model, '--explain', self.photos)
        self.assertEqual(done.returncode, 1)
        self.assertIn('found only what --out and --explain write', done.stderr.decode())

    def test_a_model_without_a_map_is_refused(self):
        done = self.classify(self.plain_model, '--explain', self.heat)
        self.assertEqual((done.returncode, done.stdout), (1, b''))
        self.assertIn('--explain: expected a model that tells where it looked', done.stderr.decode())
        self.assertFalse(os.path.exists(self.heat))


if __name__ == '__main__':
    unittest.main()
