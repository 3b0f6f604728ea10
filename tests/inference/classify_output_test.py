"""What catdog-classify writes to: files, what is open already, full disks; and what an interruption leaves."""
import os
import resource
import signal
import unittest

from classify_case import CLASSIFY, ClassifyCase
from tool_testing import interrupt_when, last_line, ppm, write


class ClassifyOutputTest(ClassifyCase):
    def test_what_is_open_already_is_written_on(self):
        expected = self.classify(self.photos).stdout
        self.assertEqual(self.classify(self.photos, '--out', '/dev/stdout').stdout, expected)
        with open(self.path('all.csv'), 'wb') as file:
            file.write(b'earlier\n')
            file.flush()
            done = self.classify(self.photos, '--out', '/dev/stdout', stdout=file)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path('all.csv'), 'rb') as file:
            self.assertEqual(file.read(), b'earlier\n' + expected)

    def test_out_is_replaced_whole(self):
        out = self.path('predictions.csv')
        write(out, b'old')
        done = self.classify(self.photos, '--out', out)
        self.assertEqual((done.returncode, done.stdout), (0, b''))
        self.assertEqual(last_line(done)[-len(out):], out)
        with open(out, 'rb') as file:
            self.assertEqual(file.read(), self.classify(self.photos).stdout)
        self.assertEqual(os.listdir(self.root), ['predictions.csv'])

    def test_out_that_cannot_be_written(self):
        os.mkdir(self.path('folder'))
        for out in (self.path('missing', 'p.csv'), self.path('folder')):
            self.refused(self.classify(self.photos, '--out', out), out)
        self.assertEqual(os.listdir(self.root), ['folder'])

    def test_a_full_disk(self):
        self.refused(self.classify(self.photos, '--out', '/dev/full'), '/dev/full', 'No space left')
        self.assertFalse(os.path.isfile('/dev/full'), 'the device is still a device')
        with open('/dev/full', 'wb') as full:
            done = self.classify(self.photos, stdout=full)
        self.assertEqual(done.returncode, 1)
        self.assertIn('standard output: expected to be written whole, found No space left', done.stderr.decode())

    def test_a_disk_that_fills_up_keeps_the_old_file(self):
        def small_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        out = self.path('predictions.csv')
        write(out, b'old')
        self.refused(self.classify(self.photos, '--out', out, preexec_fn=small_disk), out, 'File too large')
        self.assertEqual(os.listdir(self.root), ['predictions.csv'])
        with open(out, 'rb') as file:
            self.assertEqual(file.read(), b'old')

    def test_interrupted(self):
        write(self.path('large.ppm'), b'P6\n1500 1500\n255\n' + bytes(3 * 1500 * 1500))
        write(self.path('list'), b'large.ppm\n' * 5000)
        os.mkdir(self.path('out'))
        out = self.path('out', 'predictions.csv')
        with open(self.path('list'), 'rb') as listed:
            code, seconds, said = interrupt_when(
                lambda: os.listdir(self.path('out')),
                [CLASSIFY, '-', '--model', self.model, '--out', out], stdin=listed, cwd=self.root)
        self.assertEqual(code, 1, said)
        self.assertIn('interrupted', said)
        self.assertLess(seconds, 10, 'it ends soon')
        self.assertEqual(os.listdir(self.path('out')), [])

    def test_interrupted_while_it_waits_for_a_list(self):
        read, write_end = os.pipe()
        self.addCleanup(os.close, write_end)
        waited = iter(range(200))
        code, _, said = interrupt_when(lambda: next(waited, None) is None, [CLASSIFY, '-', '--model', self.model],
                                       stdin=read)
        os.close(read)
        self.assertEqual(code, 1, said)
        self.assertIn('interrupted', said)


if __name__ == '__main__':
    unittest.main(verbosity=2)
