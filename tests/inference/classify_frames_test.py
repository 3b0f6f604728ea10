"""catdog-classify --stdin-stream and --shard: photos of many machines."""
import os
import resource
import struct
import subprocess
import tempfile
import unittest

from tool_testing import last_line, ppm, rows_of, run, striped, write

CLASSIFY, MAKE_BUNDLE = os.environ['CATDOG_CLASSIFY'], os.environ['CATDOG_MAKE_TEST_BUNDLE']


def frame(path, photo):
    path = os.fsencode(path)
    return struct.pack('>IQ', len(path), len(photo)) + path + photo


class ClassifyFramesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()
        cls.root = cls.shared.name
        cls.model = os.path.join(cls.root, 'bundle')
        made = run(MAKE_BUNDLE, cls.model, '--labels', 'Cat,Dog', '--seed', '4')
        assert made.returncode == 0, made.stderr
        cls.photos = {}
        for i in range(45):
            cls.photos[f'photos/{i:02}.ppm'] = ppm(20 + i, 60 - i, striped(i))
        cls.photos['photos/20-broken.jpg'] = b'\xff\xd8\xff\xe0 no more'
        cls.photos['photos/21-empty.jpg'] = b''
        cls.photos = dict(sorted(cls.photos.items()))
        for name, photo in cls.photos.items():
            write(os.path.join(cls.root, name), photo)
        cls.expected = run(CLASSIFY, os.path.join(cls.root, 'photos'), '--model', cls.model).stdout
        assert len(rows_of(cls.expected)) == 47

    @classmethod
    def tearDownClass(cls):
        cls.shared.cleanup()

    def framed(self, data, *options, **how):
        return run(CLASSIFY, '--stdin-stream', '--model', self.model, *options, input=data, **how)

    def refused(self, done, *texts, code=1):
        said = done.stderr.decode()
        self.assertEqual(done.returncode, code, said)
        for text in texts:
            self.assertIn(text, said)

    def test_frames_are_classified_as_files_are(self):
        data = b''.join(frame(path, photo) for path, photo in self.photos.items())
        for options in ((), ('--threads', '1', '--batch-size', '1'), ('--threads', '3', '--batch-size', '5')):
            done = self.framed(data, *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout, self.expected)
            self.assertIn('47 files: ', last_line(done))

    def test_rows_have_the_order_of_frames(self):
        names = list(self.photos)[::-1]
        rows = rows_of(self.framed(b''.join(frame(name, self.photos[name]) for name in names)).stdout)
        self.assertEqual([row['path'] for row in rows], names)

    def test_no_frames(self):
        done = self.framed(b'')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, self.expected.splitlines(keepends=True)[0])

    def test_who_waits_for_a_row_gets_it(self):
        process = subprocess.Popen([CLASSIFY, '--stdin-stream', '--model', self.model], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        header = process.stdout.readline()
        self.assertTrue(header.startswith(b'path,'))
        for name in list(self.photos)[:3]:
            process.stdin.write(frame(name, self.photos[name]))
            process.stdin.flush()
            self.assertTrue(process.stdout.readline().startswith(name.encode()))
        process.stdin.close()
        self.assertEqual(process.wait(60), 0)

    def test_a_full_disk_ends_it_although_the_sender_waits(self):
        process = subprocess.Popen([CLASSIFY, '--stdin-stream', '--model', self.model, '--out', '/dev/full'],
                                   stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdin.close)
        # More than the output holds back before it writes.
        process.stdin.write(frame('n' * 60000, self.photos['photos/00.ppm']))
        process.stdin.flush()
        self.assertEqual(process.wait(timeout=60), 1)
        self.assertIn(b'No space left', process.stderr.read())

    def test_bad_frames_are_named(self):
        name, photo = next(iter(self.photos.items()))
        good = frame(name, photo)
        self.refused(self.framed(good + good[:5]), 'standard input: expected 12 bytes of lengths in frame 2',
                     'found the end after 5')
        self.refused(self.framed(good[:20]), 'bytes of a path in frame 1')
        self.refused(self.framed(good[:-1]), 'bytes of a photo in frame 1')
        self.refused(self.framed(good + photo), 'as frame 2, found the lengths', 'docs/scale.md')
        self.refused(self.framed(struct.pack('>IQ', 0, 5) + b'12345'), 'path of 1 to 65536 bytes as frame 1')
        self.refused(self.framed(struct.pack('>IQ', 1, 2 ** 41) + b'1'), 'found the lengths 1 and 2199023255552')

    def test_a_bad_frame_leaves_no_file(self):
        out = os.path.join(self.root, 'predictions.csv')
        self.refused(self.framed(b'no frame at all', '--out', out), 'standard input')
        self.assertEqual(sorted(os.listdir(self.root)), ['bundle', 'photos'])

    def test_a_photo_too_large_is_a_row(self):
        process = subprocess.Popen([CLASSIFY, '--stdin-stream', '--model', self.model], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        name, photo = next(iter(self.photos.items()))
        process.stdin.write(struct.pack('>IQ', 4, 513 << 20) + b'huge')
        for _ in range(513):
            process.stdin.write(bytes(1 << 20))
        said, errors = process.communicate(frame(name, photo), timeout=120)
        self.assertEqual(process.returncode, 0, errors)
        rows = rows_of(said)
        self.assertEqual(rows[0]['error'], 'expected a file of at most 512 MiB, found 513 MiB')
        self.assertEqual((rows[1]['path'], rows[1]['error']), (name, ''))

    def test_memory_is_bounded(self):
        """A gigabyte of frames goes through a process that may have little more than half of it."""
        large = ppm(3000, 1, (1, 2, 3)).replace(b'P6\n3000 1\n', b'P6\n3000 2000\n') + bytes(3000 * 1999 * 3)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        process = subprocess.Popen([CLASSIFY, '--stdin-stream', '--model', self.model, '--threads', '1'], text=False,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for i in range(60):
            process.stdin.write(frame(f'{i:03}', large))
        said, _ = process.communicate(timeout=200)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(len(rows_of(said)), 60)
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertLess(most, max(before, 600 << 10), 'kilobytes')

    def test_wrong_usage(self):
        self.refused(self.framed(b'', os.path.join(self.root, 'photos')), '--stdin-stream without inputs', code=2)
        self.refused(self.framed(b'', '--shard', '1/2'), '--stdin-stream without inputs and without --shard', code=2)

    def test_shards_make_up_the_whole(self):
        for count in (1, 2, 5, 50):
            rows = b''
            for number in range(1, count + 1):
                done = run(CLASSIFY, os.path.join(self.root, 'photos'), '--model', self.model, '--shard',
                           f'{number}/{count}')
                self.assertEqual(done.returncode, 0, done.stderr)
                header, *part = done.stdout.splitlines(keepends=True)
                rows += b''.join(part)
            self.assertEqual(header + rows, self.expected, count)
        for wrong in ('0/2', '3/2', '2', 'x'):
            self.refused(run(CLASSIFY, 'photos', '--model', self.model, '--shard', wrong), '--shard', code=2)


if __name__ == '__main__':
    unittest.main(verbosity=2)
