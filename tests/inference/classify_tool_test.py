"""catdog-classify as a person uses it."""
import os
import resource
import shutil
import subprocess
import unittest

from classify_case import CLASSIFY, LABELS, ClassifyCase
from tool_testing import as_nobody, edited_bundle, last_line, ppm, rows_of, run, write

HEADER = ['path', 'label', 'class_id', 'confidence', 'prob_Cat', 'prob_Dog', 'prob_Fish', 'decision', 'width', 'height',
          'error']


class ClassifyToolTest(ClassifyCase):
    def test_help_shows_defaults_and_an_example(self):
        done = run(CLASSIFY, '--help')
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, b'')
        for text in (b'--model', b'the shipped one', b'--out', b'--batch-size', b'--threads', b'--threshold', b'--null',
                     b'xample', b'catdog-classify holiday/ --out predictions.csv'):
            self.assertIn(text, done.stdout)

    def test_wrong_usage(self):
        for wrong in ([], ['--frobnicate', self.photos], [self.photos, '--batch-size', '0'],
                      [self.photos, '--batch-size', 'many'], [self.photos, '--threshold', '1.5'],
                      [self.photos, '--threads', '-1'], [self.photos, '--out'], [self.photos, '--out', ''],
                      [self.photos, '--threshold', 'nan'], [self.photos, '--presence-threshold', 'nan']):
            done = run(CLASSIFY, *wrong)
            self.refused(done, 'catdog-classify: ', '--help', code=2)

    def test_without_a_model_it_says_what_to_do(self):
        os.mkdir(self.path('bin'))
        tool = shutil.copy(CLASSIFY, self.path('bin'))
        self.refused(run(tool, self.photos), self.path('share/catdog/model') + ': expected', '--model')

    def test_the_default_model_is_that_beside_the_tool_wherever_it_is_called(self):
        shutil.copytree(self.model, self.path('share/catdog/model'))
        os.mkdir(self.path('bin'))
        tool = shutil.copy(CLASSIFY, self.path('bin'))
        os.symlink(tool, self.path('linked'))
        done = run(self.path('linked'), self.photos, cwd='/')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(rows_of(done.stdout)), 39)

    def test_every_file_of_a_folder_has_a_row_in_path_order(self):
        done = self.classify(self.photos)
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith(','.join(HEADER).encode() + b'\r\n'))
        self.assertEqual(done.stdout.count(b'\r\n'), done.stdout.count(b'\n'))
        rows = rows_of(done.stdout)
        expected = sorted([f'photos/{i % 4}/{i}.ppm' for i in range(37)] + ['photos/1/broken.jpg', 'photos/notes.txt'])
        self.assertEqual([row['path'] for row in rows], expected)
        for row in rows:
            if not row['path'].endswith('.ppm'):
                self.assertIn('expected', row['error'])
                self.assertEqual([row[name] for name in HEADER[1:10]], [''] * 9)
                continue
            i = int(os.path.basename(row['path'])[:-4])
            self.assertEqual((row['width'], row['height'], row['error']), (str(20 + i), str(60 - i), ''))
            probabilities = [float(row['prob_' + label]) for label in LABELS]
            self.assertAlmostEqual(sum(probabilities), 1, delta=2e-4)
            best = probabilities.index(max(probabilities))
            self.assertEqual((row['label'], row['class_id'], row['decision']), (LABELS[best], str(best), LABELS[best]))
            self.assertEqual(float(row['confidence']), max(probabilities))
        self.assertGreater(len({row['label'] for row in rows if row['label']}), 1, 'a test of one label shows little')
        counts = [f"{sum(row['decision'] == label for row in rows)} {label}" for label in LABELS]
        self.assertIn(f"39 files: {', '.join(counts)}, 0 uncertain, 2 failed; ", last_line(done))
        self.assertIn('photos a second; predictions in standard output', last_line(done))

    def test_folders_of_one_name_are_told_apart(self):
        for name in ('2023', '2024'):
            write(self.path(name, 'photos', 'a.ppm'), ppm(4, 4, (1, 2, 3)))
        self.assertEqual([row['path'] for row in self.rows('2024/photos/', './2023/photos', cwd=self.root)],
                         ['2023/photos/a.ppm', '2024/photos/a.ppm'])

    def test_paths_ended_by_nul_want_to_be_said(self):
        listed = os.fsencode(os.path.join(self.photos, '1', '1.ppm')) + b'\0'
        self.refused(self.classify('-', input=listed), 'found NUL', '--null')
        self.assertEqual(len(self.rows('-', '--null', input=listed)), 1)

    def test_how_paths_are_called(self):
        write(self.path('holiday', 'sub', 'a.ppm'), ppm(4, 4, (1, 2, 3)))
        for argument in ('holiday', 'holiday/', './holiday', self.path('holiday'), 'holiday/sub/..'):
            self.assertEqual([row['path'] for row in self.rows(argument, cwd=self.root)], ['holiday/sub/a.ppm'])
        self.assertEqual([row['path'] for row in self.rows('.', cwd=self.path('holiday'))], ['holiday/sub/a.ppm'])
        rows = self.rows('holiday/sub/a.ppm', './holiday/sub/a.ppm', cwd=self.root)
        self.assertEqual([row['path'] for row in rows], ['./holiday/sub/a.ppm', 'holiday/sub/a.ppm'])
        self.assertTrue(all(row['label'] for row in rows))

    def test_clutter_is_left_out_unless_named(self):
        for name in ('a.ppm', '.hidden.ppm', '.trash/b.ppm', '__MACOSX/c.ppm', 'Thumbs.db', 'sub/desktop.ini'):
            write(self.path('mixed', name), ppm(4, 4, (9, 9, 9)))
        self.assertEqual([row['path'] for row in self.rows('mixed', cwd=self.root)], ['mixed/a.ppm'])
        self.assertEqual(self.rows('mixed/.trash/b.ppm', cwd=self.root)[0]['error'], '')

    def test_names_of_all_kinds(self):
        names = ['Kätzchen/猫.ppm', '=1+1.ppm', 'two\nlines.ppm', 'quo"te, comma.ppm', ' space .ppm', "'quoted'.ppm"]
        for name in names:
            write(self.path('=photos', name), ppm(4, 4, (9, 9, 9)))
        rows = self.rows(self.path('=photos'))
        expected = sorted(['=photos/' + name for name in names], key=lambda name: name.encode())
        self.assertEqual([row['path'] for row in rows], ["'" + name for name in expected])
        self.assertEqual([row['error'] for row in rows], [''] * len(names))
        single = self.rows('=photos/=1+1.ppm', cwd=self.root)
        self.assertEqual(single[0]['path'], "'=photos/=1+1.ppm")
        self.assertEqual(self.rows('two\nlines.ppm', cwd=self.path('=photos'))[0]['path'], 'two\nlines.ppm')

    def test_names_that_are_not_utf_8(self):
        name = os.fsencode(self.path('photos')) + b'/\xff.ppm'
        write(self.path('photos', 'a.ppm'), ppm(4, 4, (9, 9, 9)))
        with open(name, 'wb') as file:
            file.write(ppm(4, 4, (9, 9, 9)))
        rows = self.rows(self.path('photos'))
        self.assertEqual([row['path'] for row in rows], ['photos/a.ppm', r'photos/\xFF.ppm'])
        self.assertEqual([row['error'] for row in rows], ['', ''])
        for name in (b'\xfe.ppm', b'\\xFF.ppm'):
            write(os.path.join(os.fsencode(self.path('photos')), name), ppm(4, 4, (9, 9, 9)))
        self.assertEqual({row['path'] for row in self.rows(self.path('photos'))},
                         {'photos/a.ppm', r'photos/\xFE.ppm', r'photos/\xFF.ppm', r'photos/\\xFF.ppm'})

    def test_what_cannot_be_read_is_a_row(self):
        write(self.path('odd', 'good.ppm'), ppm(4, 4, (9, 9, 9)))
        write(self.path('odd', 'empty.jpg'), b'')
        os.symlink('nowhere', self.path('odd', 'dangling.jpg'))
        os.symlink('loop.jpg', self.path('odd', 'loop.jpg'))
        os.symlink('good.ppm', self.path('odd', 'link.jpg'))
        os.symlink('.', self.path('odd', 'folder-link'))
        os.mkfifo(self.path('odd', 'pipe.jpg'))
        with open(self.path('odd', 'huge.jpg'), 'wb') as file:
            file.truncate(513 << 20)  # no disk is used
        errors = {row['path']: row['error'] for row in self.rows(self.path('odd'))}
        self.assertEqual(sorted(errors), ['odd/dangling.jpg', 'odd/empty.jpg', 'odd/good.ppm', 'odd/huge.jpg',
                                          'odd/link.jpg', 'odd/loop.jpg', 'odd/pipe.jpg'])
        self.assertEqual((errors['odd/good.ppm'], errors['odd/link.jpg']), ('', ''))
        self.assertIn('found nothing of that name', errors['odd/dangling.jpg'])
        self.assertIn('found Too many levels of symbolic links', errors['odd/loop.jpg'])
        self.assertIn('found a device or pipe', errors['odd/pipe.jpg'])
        self.assertIn('found an empty file', errors['odd/empty.jpg'])
        self.assertIn('expected a file of at most 512 MiB, found 513 MiB', errors['odd/huge.jpg'])

    def test_without_rights(self):
        for name in ('open/a.ppm', 'open/b.ppm', 'open/shut/c.ppm'):
            write(self.path(name), ppm(4, 4, (9, 9, 9)))
        os.chmod(self.path('open', 'b.ppm'), 0)
        os.chmod(self.path('open', 'shut'), 0)
        self.addCleanup(os.chmod, self.path('open', 'shut'), 0o700)  # so that it can be removed
        shutil.copytree(self.model, self.path('bundle'))
        tool, nobody = as_nobody(CLASSIFY, self.root)
        done = run(tool, self.path('open'), '--model', self.path('bundle'), **nobody)
        self.assertEqual(done.returncode, 0, done.stderr)
        errors = {row['path']: row['error'] for row in rows_of(done.stdout)}
        self.assertEqual(sorted(errors), ['open/a.ppm', 'open/b.ppm', 'open/shut'])
        self.assertIn('Permission denied', errors['open/b.ppm'])
        self.assertIn('a folder that must not be read', errors['open/shut'])
        done = run(tool, self.path('open', 'shut'), '--model', self.path('bundle'), **nobody)
        self.refused(done, 'shut', 'Permission denied')

    def test_missing_and_empty(self):
        self.refused(self.classify(self.path('nowhere')), 'nowhere: expected a folder or a file')
        self.refused(self.classify(self.photos, self.path('nowhere')), 'nowhere: expected a folder or a file')
        os.makedirs(self.path('empty', 'sub', '.hidden'))
        self.refused(self.classify(self.path('empty')), 'empty: expected at least one file, found none')
        self.refused(self.classify('-', stdin=subprocess.DEVNULL), 'standard input: expected at least one file')

    # Lists on standard input

    def test_a_list_of_lines(self):
        listed = '2/2.ppm\n\n./0/0.ppm\nmissing.jpg\n0\n1/1.ppm'
        rows = self.rows('-', cwd=self.photos, input=listed.encode())
        self.assertEqual([row['path'] for row in rows], ['./0/0.ppm', '0', '1/1.ppm', '2/2.ppm', 'missing.jpg'])
        self.assertEqual([bool(row['error']) for row in rows], [False, True, False, False, True])
        self.assertIn('found a folder', rows[1]['error'])
        self.assertIn('found nothing of that name', rows[4]['error'])

    def test_a_list_with_nul(self):
        write(self.path('a\nb.ppm'), ppm(4, 4, (9, 9, 9)))
        rows = self.rows('-', '--null', cwd=self.root, input=b'a\nb.ppm\0missing.jpg\0')
        self.assertEqual([(row['path'], bool(row['error'])) for row in rows],
                         [('a\nb.ppm', False), ('missing.jpg', True)])

    def test_a_list_from_windows(self):
        for listed in (b'2/2.ppm\r\n1/1.ppm\r\n', b'\xef\xbb\xbf2/2.ppm\r\n1/1.ppm', b'\xef\xbb\xbf2/2.ppm\n\r\n1/1.ppm\n'):
            rows = self.rows('-', cwd=self.photos, input=listed)
            self.assertEqual([(row['path'], row['error']) for row in rows], [('1/1.ppm', ''), ('2/2.ppm', '')])
        write(self.path('odd\r'), ppm(4, 4, (9, 9, 9)))
        self.assertEqual(self.rows('-', '--null', cwd=self.root, input=b'odd\r\0')[0]['error'], '')
        self.refused(self.classify('-', cwd=self.photos, input='2/2.ppm\r\n'.encode('utf-16')), 'found UTF-16')

    # Results

    def test_batch_and_threads_change_nothing(self):
        expected = self.classify(self.photos, '--batch-size', '1', '--threads', '1').stdout
        self.assertEqual(len(rows_of(expected)), 39)
        for batch, threads in ((2, 1), (7, 3), (16, 2), (64, 1), (1024, 5)):
            got = self.classify(self.photos, '--batch-size', str(batch), '--threads', str(threads)).stdout
            self.assertEqual(got, expected, (batch, threads))

    @unittest.skipIf(os.geteuid() != 0, 'only root can act for a user who may have few threads')
    def test_where_few_threads_are_allowed(self):
        os.chmod(self.shared.name, 0o755)
        tool, nobody = as_nobody(CLASSIFY, self.root)
        nobody['preexec_fn'] = lambda: resource.setrlimit(resource.RLIMIT_NPROC, (8, 8))
        done = run(tool, self.photos, '--model', self.model, '--threads', '500', '--batch-size', '1', '--out', '-', **nobody)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(rows_of(done.stdout)), 39)

    def test_threshold(self):
        sure = self.rows(self.photos)
        confidences = sorted(float(row['confidence']) for row in sure if row['confidence'])
        threshold = confidences[len(confidences) // 2]
        self.assertLess(confidences[0], threshold - 1e-3, 'the test needs photos on either side')
        strict = edited_bundle(self.model, self.path('strict'), lambda card: card['thresholds'].update(
            confidence=threshold))
        for arguments, model in ((['--threshold', str(threshold)], self.model), ([], strict)):
            for row, before in zip(self.rows(self.photos, *arguments, model=model), sure):
                self.assertEqual((row['label'], row['confidence']), (before['label'], before['confidence']))
                if row['confidence'] and abs(float(row['confidence']) - threshold) > 1e-3:
                    uncertain = float(row['confidence']) < threshold
                    self.assertEqual(row['decision'], 'uncertain' if uncertain else row['label'])

    def test_where_every_file_failed_it_says_so(self):
        write(self.path('bad', 'a.jpg'), b'')
        write(self.path('bad', 'b.jpg'), b'no picture')
        done = self.classify(self.path('bad'))
        self.assertEqual(done.returncode, 1)
        self.assertEqual([bool(row['error']) for row in rows_of(done.stdout)], [True, True])
        self.assertIn('2 failed', done.stderr.decode())
        self.assertIn('expected a file that can be read, found none', last_line(done))
        out = self.path('bad.csv')
        self.assertEqual(self.classify(self.path('bad'), '--out', out).returncode, 1)
        with open(out, 'rb') as file:
            self.assertEqual(file.read(), done.stdout)
        self.assertEqual(self.classify(self.path('bad'), '--shard', '1/2').returncode, 0, 'the other part may be fine')
        write(self.path('bad', 'c.ppm'), ppm(4, 4, (9, 9, 9)))
        self.assertEqual(self.classify(self.path('bad')).returncode, 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
