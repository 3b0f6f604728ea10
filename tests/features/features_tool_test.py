"""catdog-features as a person uses it."""
import json
import os
import resource
import shutil
import signal
import struct
import subprocess
import time
import unittest

from features_case import FEATURES, PHOTOS, SIZE, FeaturesCase, contents, load_npy, table
from tool_testing import as_nobody, interrupt_when, last_line, ppm, run, striped, write


class FeaturesToolTest(FeaturesCase):
    # Help, usage, nothing to read

    def test_help_shows_defaults_and_an_example(self):
        done = run(FEATURES, '--help')
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        for text in (b'--data', b'--out', b'128', b'0.2', b'uint8', b'--seed', b'--threads', b'--force', b'Example'):
            self.assertIn(text, done.stdout)

    def test_wrong_usage(self):
        some = ['--data', self.data, '--out', self.path('store')]
        for wrong in ([], some[:2], some[2:], [*some, '--frobnicate'], [*some, '--size', '0'],
                      [*some, '--size', 'large'], [*some, '--format', 'jpeg'], [*some, '--validation', '1.5'],
                      [*some, 'stray'], [*some, '--validation', 'nan'], [*some, '--seed', '-1'], [*some[:3], '']):
            self.refused(run(FEATURES, *wrong), 'catdog-features: ', '--help', code=2)
        self.assertEqual(os.listdir(self.root), [])

    def test_missing_and_empty(self):
        os.makedirs(self.path('empty'))
        write(self.path('one', 'Cat', 'a.ppm'), ppm(4, 4, (1, 2, 3)))
        write(self.path('file'), b'')
        for name, text in (('nowhere', 'expected a folder, found nothing of that name'), ('file', 'found a file'),
                           ('empty', 'expected at least two class folders'), ('one', "found only 'Cat'")):
            self.refused(self.features(data=self.path(name)), f'{name}: ', text)
        write(self.path('one', 'Dog', 'broken.jpg'), b'')
        self.refused(self.features(data=self.path('one')), "at least one readable photo in each class folder", "'Dog'")
        self.assertEqual(sorted(os.listdir(self.root)), ['empty', 'file', 'one'])

    def test_out_that_cannot_be_used(self):
        write(self.path('mine', 'letter.txt'), b'dear')
        self.refused(self.features(out='mine'), 'mine: expected a new or empty folder or a feature store')
        write(self.path('file'), b'x')
        self.refused(self.features(out='file'), 'file')
        self.refused(self.features(out='file/below'), 'file/below')
        self.assertEqual(contents(self.path('mine')), {'letter.txt': b'dear'})
        self.assertEqual(sorted(os.listdir(self.root)), ['file', 'mine'])

    def test_out_may_be_a_link_that_leads_somewhere(self):
        os.symlink('nowhere', self.path('dangling'))
        self.refused(self.features(out='dangling'), 'dangling: expected', 'leads nowhere')
        os.makedirs(self.path('real'))
        os.symlink('real', self.path('link'))
        for options in ((), ('--force',)):
            done = self.features(*options, out='link')
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(os.path.islink(self.path('link')))
            self.assertEqual(contents(self.path('real')), contents(self.store))
        self.assertEqual(sorted(os.listdir(self.root)), ['dangling', 'link', 'real'])

    def test_class_folders_may_be_links(self):
        os.makedirs(self.path('data'))
        for name in PHOTOS:
            os.symlink(os.path.join(self.data, name), self.path('data', name))
        shutil.copy(os.path.join(self.data, 'stray.ppm'), self.path('data'))
        done = self.features(data=self.path('data'))
        self.assertEqual(done.returncode, 0, done.stderr)
        found, expected = contents(self.path('store')), contents(self.store)
        for name in ('images.npy', 'labels.npy', 'manifest.csv', 'skipped.csv'):
            self.assertEqual(found[name], expected[name])

    def test_a_class_folder_that_cannot_be_read_is_named(self):
        tool, options = as_nobody(FEATURES, self.root)
        for name, mode in (('a', 0o755), ('b', 0o755), ('locked', 0o700)):
            write(self.path('data', name, '1.ppm'), ppm(9, 9, striped(len(name))))
            write(self.path('data', name, '2.ppm'), ppm(9, 9, striped(len(name) + 9)))
            os.chmod(self.path('data', name), mode if os.geteuid() == 0 else mode & 0o077)
        os.makedirs(self.path('open'))
        os.chmod(self.path('open'), 0o777)
        done = run(tool, '--data', self.path('data'), '--out', self.path('open', 'store'), **options)
        os.chmod(self.path('data', 'locked'), 0o700)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(table(self.path('open', 'store'), 'skipped.csv'),
                         [{'path': 'locked', 'reason': 'expected a folder that can be read, found one that cannot'}])

    def test_a_class_name_may_be_any_bytes(self):
        for name in (b'Kat\xe9', b'Kat\xe8', b'Dog'):
            write(os.path.join(os.fsencode(self.path('data')), name, b'1.ppm'), ppm(9, 9, striped(sum(name))))
        done = self.features(data=self.path('data'))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path('store', 'dataset.json'), encoding='utf-8') as file:
            self.assertEqual(json.load(file)['classes'], ['Dog', r'Kat\xE8', r'Kat\xE9'], 'they stay apart')
        self.assertEqual([row['path'] for row in table(self.path('store'), 'manifest.csv')],
                         ['Dog/1.ppm', r'Kat\xE8/1.ppm', r'Kat\xE9/1.ppm'])
        for i in (1, 2):
            self.assertEqual(self.features('--shard', f'{i}/2', data=self.path('data'), out=f'part{i}').returncode, 0)
        merged = run(FEATURES, 'merge', self.path('part1'), self.path('part2'), '--out', self.path('merged'))
        self.assertEqual(merged.returncode, 0, merged.stderr)
        self.assertEqual(contents(self.path('merged')), contents(self.path('store')))

    def test_what_a_killed_run_left_is_removed(self):
        os.mkdir(self.path('out'))
        process = subprocess.Popen([FEATURES, '--data', self.large_data(), '--out', self.path('out', 'store')],
                                   stderr=subprocess.DEVNULL)
        while not os.listdir(self.path('out')) and process.poll() is None:
            time.sleep(0.002)
        process.kill()
        process.wait()
        self.assertEqual(len(os.listdir(self.path('out'))), 1)
        self.assertEqual(self.features(out='out/store').returncode, 0)
        self.assertEqual(os.listdir(self.path('out')), ['store'])

    def test_a_class_is_not_called_as_a_decision(self):
        for word in ('none', 'uncertain'):
            for name in ('Cat', word):
                write(self.path(word, name, 'a.ppm'), ppm(4, 4, striped(len(name))))
            self.refused(self.features(data=self.path(word)),
                         f"expected classes called otherwise than decisions on photos, found '{word}'")

    def test_a_store_without_its_pictures_is_made_again(self):
        shutil.copytree(self.store, self.path('store'))
        os.remove(self.path('store', 'images.npy'))
        done = self.features()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn('unchanged', last_line(done))
        self.assertEqual(contents(self.path('store')), contents(self.store))

    def test_out_may_end_with_a_slash(self):
        for options in ((), (), ('--force',)):
            done = run(FEATURES, '--data', self.data + '/', '--out', 'store/', '--size', str(SIZE), *options, cwd=self.root)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(os.listdir(self.root), ['store'])
            self.assertEqual(contents(self.path('store')), contents(self.store))

    # What a store holds

    def test_arrays(self):
        kind, shape, data = load_npy(os.path.join(self.store, 'images.npy'))
        self.assertEqual((kind, shape, len(data)), ('|u1', (70, SIZE, SIZE, 3), 70 * SIZE * SIZE * 3))
        kind, shape, data = load_npy(os.path.join(self.store, 'labels.npy'))
        self.assertEqual((kind, shape), ('<i8', (70,)))
        self.assertEqual(list(struct.unpack('<70q', data)), [0] * 20 + [1] * 40 + [2] * 10)

    def test_pictures_are_what_the_photos_show(self):
        for i, name in enumerate(('a', 'b')):
            for j in range(2):
                write(self.path('data', name, f'{j}.ppm'), ppm(SIZE, SIZE, striped(2 * i + j)))
        self.assertEqual(self.features(data=self.path('data')).returncode, 0)
        _, _, data = load_npy(self.path('store', 'images.npy'))
        expected = b''.join(ppm(SIZE, SIZE, striped(seed))[-SIZE * SIZE * 3:] for seed in range(4))
        self.assertEqual(data, expected)
        self.assertEqual(self.features('--format', 'float32', data=self.path('data'), out='floats').returncode, 0)
        kind, shape, data = load_npy(self.path('floats', 'images.npy'))
        self.assertEqual((kind, shape), ('<f4', (4, SIZE, SIZE, 3)))
        for value, byte in zip(struct.unpack(f'<{len(expected)}f', data), expected):
            self.assertAlmostEqual(value, byte / 255, delta=1e-6)

    def test_manifest_and_description(self):
        rows = table(self.store, 'manifest.csv')
        self.assertEqual([row['row'] for row in rows], [str(i) for i in range(70)])
        self.assertEqual([row['path'] for row in rows],
                         sorted((f'{name}/{i}.ppm' for name, count in PHOTOS.items() for i in range(count)),
                                key=lambda path: path.encode()))
        self.assertEqual({(row['width'], row['height']) for row in rows}, {('24', '20')})
        with open(os.path.join(self.store, 'dataset.json'), encoding='utf-8') as file:
            description = json.load(file)
        self.assertEqual(description['classes'], ['Dog', 'Kätzchen', 'fish'])
        self.assertEqual((description['photos'], description['skipped'], description['size']), (70, 3, SIZE))
        for entry in description['counts']:
            for split in ('train', 'validation'):
                label = str(description['classes'].index(entry['class']))
                held = sum(row['label'] == label and row['split'] == split for row in rows)
                self.assertEqual(entry[split], held)

    def test_what_was_skipped_and_why(self):
        reasons = {row['path']: row['reason'] for row in table(self.store, 'skipped.csv')}
        self.assertEqual(sorted(reasons), ['Dog/=notes, old.txt', 'Dog/broken.jpg', 'stray.ppm'])
        self.assertIn('found text', reasons['Dog/=notes, old.txt'])
        self.assertIn('JPEG', reasons['Dog/broken.jpg'])
        self.assertIn('class folder', reasons['stray.ppm'])
        self.assertIn('70 photos of 3 classes', last_line(self.made))
        self.assertIn('3 skipped (see ' + os.path.join(self.store, 'skipped.csv'), last_line(self.made))

    # Running again

    def test_rerun_without_changes_decodes_nothing(self):
        data = self.path('data')
        shutil.copytree(self.data, data)
        self.assertEqual(self.features(data=data).returncode, 0)
        before = contents(self.path('store'))
        inode = os.stat(self.path('store', 'images.npy')).st_ino
        # Other bytes behind the same size and time: who decoded again would notice.
        victim = os.path.join(data, 'Dog', '3.ppm')
        status = os.stat(victim)
        write(victim, ppm(24, 20, (255, 0, 0)))
        os.utime(victim, ns=(status.st_atime_ns, status.st_mtime_ns))
        again = self.features(data=data)
        self.assertEqual(again.returncode, 0)
        self.assertIn('nothing decoded', last_line(again))
        self.assertEqual(contents(self.path('store')), before)
        self.assertEqual(os.stat(self.path('store', 'images.npy')).st_ino, inode)
        self.assertEqual(self.features('--force', data=data).returncode, 0)
        self.assertNotEqual(contents(self.path('store'))['images.npy'], before['images.npy'])

    def test_rerun_notices_changes(self):
        data = self.path('data')
        shutil.copytree(self.data, data)
        self.assertEqual(self.features(data=data).returncode, 0)
        before = contents(self.path('store'))
        os.remove(os.path.join(data, 'Dog', '3.ppm'))
        write(os.path.join(data, 'fish', 'new.ppm'), ppm(24, 20, striped(900)))
        done = self.features(data=data)
        self.assertEqual(done.returncode, 0)
        self.assertNotIn('nothing decoded', last_line(done))
        rows = table(self.path('store'), 'manifest.csv')
        self.assertEqual(len(rows), 70)
        self.assertIn('fish/new.ppm', [row['path'] for row in rows])
        self.assertNotEqual(contents(self.path('store')), before)
        self.assertEqual(sorted(os.listdir(self.root)), ['data', 'store'])

    # Trouble on the way

    def test_what_cannot_be_read_is_skipped(self):
        for name in ('Cat/a', 'Cat/b', 'Dog/a', 'Dog/b'):
            write(self.path('data', name + '.ppm'), ppm(24, 20, striped(len(name) * ord(name[0]) + ord(name[4]))))
        os.symlink('nowhere', self.path('data', 'Cat', 'dangling.jpg'))
        os.mkfifo(self.path('data', 'Cat', 'pipe.jpg'))
        write(self.path('data', 'Dog', 'secret.ppm'), ppm(24, 20, striped(3)))
        os.chmod(self.path('data', 'Dog', 'secret.ppm'), 0)
        os.mkdir(self.path('out'))
        os.chmod(self.path('out'), 0o777)
        tool, nobody = as_nobody(FEATURES, self.root)
        done = run(tool, '--data', self.path('data'), '--out', self.path('out', 'store'), **nobody)
        self.assertEqual(done.returncode, 0, done.stderr)
        reasons = {row['path']: row['reason'] for row in table(self.path('out', 'store'), 'skipped.csv')}
        self.assertEqual(sorted(reasons), ['Cat/dangling.jpg', 'Cat/pipe.jpg', 'Dog/secret.ppm'])
        self.assertIn('nothing of that name', reasons['Cat/dangling.jpg'])
        self.assertIn('a device or pipe', reasons['Cat/pipe.jpg'])
        self.assertIn('Permission denied', reasons['Dog/secret.ppm'])
        self.assertIn('4 photos of 2 classes', last_line(done))

    def large_data(self):
        large = b'P6\n1500 1500\n255\n' + bytes(3 * 1500 * 1500)
        write(self.path('data', 'a', '0.ppm'), large)
        for i in range(1, 400):
            os.link(self.path('data', 'a', '0.ppm'), self.path('data', 'a', f'{i}.ppm'))
        shutil.copytree(self.path('data', 'a'), self.path('data', 'b'), copy_function=os.link)
        return self.path('data')

    def test_interrupted(self):
        data = self.large_data()
        os.mkdir(self.path('out'))
        command = [FEATURES, '--data', data, '--out', self.path('out', 'store')]
        code, seconds, said = interrupt_when(lambda: os.listdir(self.path('out')), command)
        self.assertEqual(code, 1, said)
        self.assertIn('interrupted', said)
        self.assertLess(seconds, 10, 'it ends soon')
        self.assertEqual(os.listdir(self.path('out')), [])

    def test_interrupted_keeps_the_old_store(self):
        self.assertEqual(self.features(out='out/store').returncode, 0)
        before = contents(self.path('out', 'store'))
        command = [FEATURES, '--data', self.large_data(), '--out', self.path('out', 'store')]
        code, _, said = interrupt_when(lambda: len(os.listdir(self.path('out'))) > 1, command)
        self.assertEqual(code, 1, said)
        self.assertEqual(os.listdir(self.path('out')), ['store'])
        self.assertEqual(contents(self.path('out', 'store')), before)

    def test_a_full_disk_leaves_nothing(self):
        def small_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        os.mkdir(self.path('out'))
        self.refused(self.features(out='out/store', preexec_fn=small_disk), 'images.npy', 'File too large')
        self.assertEqual(os.listdir(self.path('out')), [])


if __name__ == '__main__':
    unittest.main(verbosity=2)
