"""catdog-change-photos as scripts/evaluate calls it: copies lie in the folder that was asked for, named as the photos."""
import os
import random
import subprocess
import tempfile
import time
import unittest

from drawn_classes import write_picture
from tool_testing import interrupt_when

CHANGE = os.environ['CATDOG_CHANGE_PHOTOS']


class ChangePhotosToolTest(unittest.TestCase):
    def test_copies_are_named_as_in_the_folder_links_too(self):
        with tempfile.TemporaryDirectory() as root:
            elsewhere, folder = os.path.join(root, 'elsewhere', 'deep'), os.path.join(root, 'photos')
            out = os.path.join(root, 'work', 'dark')
            os.makedirs(elsewhere)
            os.makedirs(os.path.join(folder, 'Cat'))
            plain, link = os.path.join(folder, 'Cat', 'plain.ppm'), os.path.join(folder, 'Cat', 'link.ppm')
            write_picture(plain, 0, random.Random(1))
            write_picture(os.path.join(elsewhere, 'far.ppm'), 0, random.Random(2))
            os.symlink(os.path.join(elsewhere, 'far.ppm'), link)
            before = set(os.listdir(root))
            done = subprocess.run([CHANGE, 'dark', '--folder', folder, '--out', out], capture_output=True, timeout=60,
                                  input=b''.join(os.fsencode(path) + b'\0' for path in (plain, link)))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(sorted(os.listdir(os.path.join(out, 'Cat'))), ['link.ppm.png', 'plain.ppm.png'])
            self.assertEqual(set(os.listdir(root)) - before, {'work'})
            self.assertEqual(os.listdir(elsewhere), ['far.ppm'])

    def test_relative_paths_and_what_lies_outside(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, 'pets', 'Cat'))
            for name in ('pets/Cat/a.ppm', 'else.ppm'):
                write_picture(os.path.join(root, name), 0, random.Random(1))
            whole = os.path.join(root, 'pets')
            for i, (path, folder) in enumerate((('./pets/Cat/a.ppm', 'pets'), ('pets/Cat/a.ppm', whole + '/'),
                                                (os.path.join(whole, 'Cat', 'a.ppm'), './pets'))):
                done = self.changed(root, f'dark{i}', folder, path)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(os.listdir(os.path.join(root, f'dark{i}')), ['Cat'])
            self.assertEqual(os.listdir(os.path.join(root, 'pets', 'Cat')), ['a.ppm'])
            for path in ('else.ppm', 'pets/../else.ppm', 'pets'):
                done = self.changed(root, 'refused', 'pets', path)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f'{path}: expected a photo in pets, found one outside of it'.encode(), done.stderr)
            self.assertFalse(os.path.exists(os.path.join(root, 'refused')))

    def test_photos_that_cannot_be_read(self):
        with tempfile.TemporaryDirectory() as root:
            write_picture(os.path.join(root, 'good.ppm'), 0, random.Random(1))
            for name, data in (('huge.ppm', b'P6\n60000 60000\n255\nabc'), ('text.jpg', b'no picture')):
                with open(os.path.join(root, name), 'wb') as file:
                    file.write(data)
            done = self.changed(root, 'dark', '.', 'huge.ppm', 'good.ppm', 'text.jpg')
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(b'2 of 3 photos could not be read', done.stderr)
            self.assertEqual(os.listdir(os.path.join(root, 'dark')), ['good.ppm.png'])
            done = self.changed(root, 'none', '.', 'huge.ppm', 'text.jpg')
            self.assertEqual(done.returncode, 1)
            self.assertIn(b'expected photos that can be read', done.stderr)

    def test_ctrl_c_ends_it(self):
        with tempfile.TemporaryDirectory() as root:
            write_picture(os.path.join(root, 'a.ppm'), 0, random.Random(1))
            listed, to_list = os.pipe()  # never closed: it waits for more
            os.write(to_list, b'a.ppm\0')
            self.addCleanup(os.close, to_list)
            self.addCleanup(os.close, listed)
            begun = time.monotonic()
            code, _, said = interrupt_when(lambda: time.monotonic() > begun + 0.5,
                                           [CHANGE, 'dark', '--folder', '.', '--out', 'dark'], stdin=listed, cwd=root)
            self.assertEqual(code, 1, said)
            self.assertFalse(os.path.exists(os.path.join(root, 'dark')))

    def changed(self, root, out, folder, *paths):
        return subprocess.run([CHANGE, 'dark', '--folder', folder, '--out', out], capture_output=True, timeout=60, cwd=root,
                              input=b''.join(os.fsencode(path) + b'\0' for path in paths))


if __name__ == '__main__':
    unittest.main(verbosity=2)
