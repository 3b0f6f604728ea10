"""The Debian packages: the same bytes each time, as Debian wants them, and what is in them works.

packages_test.py BUILD_FOLDER
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from tool_testing import ppm, rows_of, striped, write


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False, **options)
    assert done.returncode == 0, done.stdout.decode()
    return done.stdout.decode()


class PackagesTest(unittest.TestCase):
    build = ''

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.first = cls.package('first')
        cls.debs = {name.split('_')[0]: os.path.join(cls.first, name) for name in os.listdir(cls.first)}

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def package(cls, name):
        """Packages what is built, gives the folder of the packages. Quickly compressed: releases are otherwise."""
        made, out = (os.path.join(cls.scratch.name, name, part) for part in ('made', 'out'))
        run('cpack', '--config', 'CPackConfig.cmake', '-D', 'CPACK_DEBIAN_COMPRESSION_TYPE=gzip', '-B', made,
            cwd=cls.build, env={**os.environ, 'SOURCE_DATE_EPOCH': '1790000000'})
        os.mkdir(out)
        for file in os.listdir(made):
            if file.endswith('.deb'):
                shutil.move(os.path.join(made, file), out)
        return out

    def field(self, package, name):
        return run('dpkg-deb', '--field', self.debs[package], name).strip()

    def test_the_same_bytes_each_time(self):
        second = self.package('second')
        self.assertEqual(sorted(os.listdir(second)), sorted(os.listdir(self.first)))
        for name in os.listdir(second):
            with open(os.path.join(self.first, name), 'rb') as one, open(os.path.join(second, name), 'rb') as other:
                self.assertTrue(one.read() == other.read(), name)

    def test_dependencies_are_those_of_the_programs(self):
        self.assertIn('catdog', self.debs)
        depends = self.field('catdog', 'Depends')
        for library in ('libc6 ', 'libopencv-dnn', 'libwebp', 'libheif', 'libtiff', 'libonnx'):
            self.assertIn(library, depends)
        self.assertNotRegex(depends, 'torch|curl|-dev')
        self.assertRegex(self.field('catdog', 'Version'), r'^\d+\.\d+\.\d+$')
        if 'catdog-train' in self.debs:
            self.assertRegex(self.field('catdog-train', 'Depends'), r'catdog \(= \d+\.\d+\.\d+\).*libcurl4.*libtorch')

    def test_lintian_finds_no_errors(self):
        if not shutil.which('lintian'):
            self.skipTest('lintian is not installed')
        as_root = ['--allow-root'] if os.geteuid() == 0 else []
        done = subprocess.run(['lintian', *as_root, '--fail-on', 'error', '--tag-display-limit', '0', *self.debs.values()],
                              capture_output=True, text=True, timeout=500, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(re.findall(r'^E: .*', done.stdout, re.MULTILINE), [])

    def test_what_is_unpacked_works(self):
        root = os.path.join(self.scratch.name, 'root')
        run('dpkg-deb', '--extract', self.debs['catdog'], root)
        photo = os.path.join(self.scratch.name, 'photo.ppm')
        write(photo, ppm(60, 40, striped(3)))
        done = subprocess.run([os.path.join(root, 'usr/bin/catdog-classify'), photo], capture_output=True, timeout=60,
                              check=False, cwd='/')
        self.assertEqual(done.returncode, 0, done.stderr)
        row, = rows_of(done.stdout)
        self.assertIn(row['label'], ('Cat', 'Dog'))
        for file in ('copyright', 'changelog.gz'):
            self.assertTrue(os.path.isfile(os.path.join(root, 'usr/share/doc/catdog', file)), file)
        self.assertFalse(os.path.exists(os.path.join(root, 'usr/include')), 'headers are in no package')


if __name__ == '__main__':
    PackagesTest.build = sys.argv.pop(1)
    unittest.main()
