"""What catdog-classify writes to: files, what is open already, full disks; and what an interruption leaves."""
import os
import pty
import resource
import signal
import subprocess
import time
import unittest

from classify_case import CLASSIFY, ClassifyCase
from tool_testing import interrupt_when, last_line, ppm, run, write


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

    def test_closed_descriptors(self):
        expected, out = self.classify(self.photos).stdout, self.path('p.csv')
        for closed in ('2>&-', '1>&- 2>&-', '0<&- 1>&- 2>&-', '0<&-'):
            done = run('sh', '-c', f'exec "$@" {closed}', 'sh', CLASSIFY, self.photos, '--model', self.model, '--out', out)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(out, 'rb') as file:
                self.assertEqual(file.read(), expected, closed)
        done = run('sh', '-c', 'exec "$@" 1>&-', 'sh', CLASSIFY, self.photos, '--model', self.model)
        self.refused(done, 'standard output: expected to be written whole')

    def test_what_a_killed_run_left_is_removed(self):
        write(self.path('large.ppm'), b'P6\n1500 1500\n255\n' + bytes(3 * 1500 * 1500))
        write(self.path('list'), b'large.ppm\n' * 5000)
        os.mkdir(self.path('out'))
        out = self.path('out', 'p.csv')
        with open(self.path('list'), 'rb') as listed:
            process = subprocess.Popen([CLASSIFY, '-', '--model', self.model, '--out', out], stdin=listed, cwd=self.root,
                                       stderr=subprocess.DEVNULL)
            while not os.listdir(self.path('out')) and process.poll() is None:
                time.sleep(0.002)
            process.kill()
            process.wait()
        self.assertEqual(len(os.listdir(self.path('out'))), 1)
        self.assertEqual(self.classify(self.photos, '--out', out).returncode, 0)
        self.assertEqual(os.listdir(self.path('out')), ['p.csv'])

    def test_limits_are_told_as_what_they_are(self):
        def limit(kind, value):
            return lambda: resource.setrlimit(kind, (value, value))
        out = self.path('p.csv')
        self.refused(self.classify(self.photos, '--out', out, preexec_fn=limit(resource.RLIMIT_FSIZE, 1000)), out,
                     'File too large')
        self.assertEqual(os.listdir(self.root), [])
        self.refused(self.classify(self.photos, '--out', out, preexec_fn=limit(resource.RLIMIT_NOFILE, 4)),
                     'Too many open files')
        self.assertEqual(os.listdir(self.root), [])

    # Under sanitizers a process needs more address space than there is memory.
    @unittest.skipIf(b'__asan_init' in open(CLASSIFY, 'rb').read(), 'built with sanitizers')
    def test_too_little_memory(self):
        few = lambda: resource.setrlimit(resource.RLIMIT_AS, (300 << 20, 300 << 20))
        done = self.classify(self.photos, '--out', self.path('p.csv'), '--batch-size', '1024', '--threads', '64', preexec_fn=few,
                             timeout=60)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        if done.returncode == 1:
            self.assertIn('memory', done.stderr.decode())
        self.assertEqual(os.listdir(self.root), ['p.csv'] if done.returncode == 0 else [])

    def said_on_a_terminal(self, term, *arguments, stream='stderr'):
        leader, follower = pty.openpty()
        self.addCleanup(os.close, leader)
        environment = {**os.environ, 'TERM': term}
        process = subprocess.Popen([CLASSIFY, *arguments, '--model', self.model], env=environment,
                                   **{'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL, stream: follower})
        os.close(follower)
        said = b''
        while True:
            try:
                block = os.read(leader, 4096)
            except OSError:  # the other end is closed
                break
            if not block:
                break
            said += block
        self.assertEqual(process.wait(), 0)
        return said

    def test_a_dumb_terminal_gets_plain_lines(self):
        self.assertIn(b'\x1b[K', self.said_on_a_terminal('xterm', self.photos))
        for term in ('dumb', ''):
            said = self.said_on_a_terminal(term, self.photos)
            self.assertNotIn(b'\x1b', said)
            self.assertEqual(said.count(b'\r'), said.count(b'\n'))
            self.assertIn(b'39 files: ', said)

    def test_a_terminal_is_not_steered_by_names(self):
        write(self.path('odd', '\x1b[2J\u202e.ppm'), ppm(4, 4, (9, 9, 9)))
        said = self.said_on_a_terminal('xterm', self.path('odd'), stream='stdout')
        self.assertIn(rb'odd/\u001b[2J\u202e.ppm,', said)
        self.assertNotIn(b'\x1b', said)
        self.assertIn('odd/\x1b[2J\u202e.ppm,', self.classify(self.path('odd')).stdout.decode())
        said = self.classify(self.path('\x1b[2J')).stderr
        self.assertIn(rb'\u001b[2J: expected a folder or a file', said)
        self.assertNotIn(b'\x1b', said)

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
