"""catdog-change-photos as scripts/evaluate calls it: copies lie in the folder that was asked for, named as the photos."""
import os
import random
import subprocess
import tempfile
import unittest

from drawn_classes import write_picture

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


if __name__ == '__main__':
    unittest.main(verbosity=2)
