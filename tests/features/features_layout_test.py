"""catdog-features on data sets that are laid out otherwise, and on photos that lie under two labels."""
import hashlib
import json
import os
import shutil
import unittest

from features_case import FEATURES, FeaturesCase, table
from tool_testing import last_line, ppm, run, striped, write


def hash_of(*words):
    """A number that tells pictures apart."""
    return int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:4], 'big') % 100000


class FeaturesLayoutTest(FeaturesCase):
    def test_data_sets_parted_into_train_and_test_are_refused(self):
        for train, test in (('train', 'test'), ('Training', 'valid'), ('training_set', 'test_set')):
            data = self.path('parted-' + train)
            for part in (train, test):
                for name in ('Cat', 'Dog'):
                    write(os.path.join(data, part, name, '1.ppm'), ppm(9, 9, (1, 2, 3)))
            self.refused(self.features(data=data), 'parted into train and test', f'--data {data}/{train}')
            self.assertNotIn('--layout flat', self.features(data=data).stderr.decode())
        shutil.rmtree(self.path('parted-train', 'test'))
        self.refused(self.features(data=self.path('parted-train')), "only 'train'", '--data')
        for name in ('train/cat.0.ppm', 'train/dog.0.ppm', 'test1/1.ppm'):
            write(self.path('kaggle', name), ppm(9, 9, (1, 2, 3)))
        self.refused(self.features(data=self.path('kaggle')), f"--data {self.path('kaggle')}/train --layout flat")
        self.refused(self.features(data=self.path('kaggle', 'train')), '--layout flat')
        for name in ('train', 'bus'):  # a class may be called so
            for i in range(2):
                write(self.path('vehicles', name, f'{i}.ppm'), ppm(9, 9, striped(len(name) + i)))
        self.assertEqual(self.features(data=self.path('vehicles')).returncode, 0)

    def test_the_flat_layout(self):
        for i in range(4):
            write(self.path('train', f'cat.{i}.ppm'), ppm(9, 9, striped(i)))
            write(self.path('train', f'dog.{i}.ppm'), ppm(9, 9, striped(9 + i)))
        for name in ('notes.txt', 'README', 'below/cat.9.ppm'):
            write(self.path('train', name), b'x')
        done = self.features('--layout', 'flat', data=self.path('train'))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path('store', 'dataset.json'), encoding='utf-8') as file:
            self.assertEqual(json.load(file)['classes'], ['cat', 'dog'])
        self.assertEqual([(row['path'], row['label']) for row in table(self.path('store'), 'manifest.csv')],
                         [(f'cat.{i}.ppm', '0') for i in range(4)] + [(f'dog.{i}.ppm', '1') for i in range(4)])
        reasons = {row['path']: row['reason'] for row in table(self.path('store'), 'skipped.csv')}
        self.assertEqual(sorted(reasons), ['README', 'below/cat.9.ppm', 'notes.txt'])
        self.assertIn('cat.0.jpg', reasons['README'])
        self.refused(self.features('--layout', 'flat', out='other'), 'expected files of at least two labels')
        some = ['--data', self.data, '--out', self.path('store')]
        for wrong in ([*some, '--layout', 'round'], [*some, '--layout', 'flat', '--unlabelled']):
            self.refused(run(FEATURES, *wrong), 'catdog-features: ', code=2)

    def test_a_photo_under_two_labels_is_reported(self):
        for name in ('Cat', 'Dog'):
            for i in range(3):
                write(self.path('data', name, f'{i}.ppm'), ppm(9, 9, striped(i + (10 if name == 'Dog' else 0))))
        shutil.copy(self.path('data', 'Cat', '1.ppm'), self.path('data', 'Dog', 'copy.ppm'))
        shutil.copy(self.path('data', 'Cat', '1.ppm'), self.path('data', 'Cat', 'again.ppm'))
        for how in ('', 'unchanged'):
            done = self.features(data=self.path('data'))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn('1 photo lies under two labels, such as Cat/1.ppm and Dog/copy.ppm', last_line(done))
            self.assertIn(how, last_line(done))
        with open(self.path('store', 'dataset.json'), encoding='utf-8') as file:
            self.assertEqual(json.load(file)['label_conflicts'], [['Cat/1.ppm', 'Dog/copy.ppm']])
        self.assertNotIn('two labels', last_line(self.made))


    def sources(self, folder, numbers=range(4)):
        """Two sources, the first without dogs; `Other` are negatives."""
        for source, classes in (('a', ('Cat', 'Other')), ('b', ('Cat', 'Dog', 'Other'))):
            for name in classes:
                for i in numbers:
                    write(self.path(folder, source, name, f'{i}.ppm'), ppm(9, 9, striped(hash_of(folder, source, name, i))))

    def test_sources_of_class_folders(self):
        self.sources('wild')
        write(self.path('wild', 'notes.txt'), b'x')
        options = ['--layout', 'sources', '--negative-class', 'Other']
        done = self.features(*options, '--validation', '0.4', data=self.path('wild'))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path('store', 'dataset.json'), encoding='utf-8') as file:
            description = json.load(file)
        self.assertEqual(description['classes'], ['Cat', 'Dog'])
        self.assertEqual(description['sources'], [{'name': 'a', 'weight': 1.0}, {'name': 'b', 'weight': 1.0}])
        rows = table(self.path('store'), 'manifest.csv')
        self.assertEqual({row['label'] for row in rows if '/Other/' in row['path']}, {'-1'})
        self.assertEqual({row['label'] for row in rows if '/Dog/' in row['path']}, {'1'})
        self.assertEqual(sum(description['negatives'].values()), 8)
        for source in ('0', '1'):  # held out as a whole, or not at all
            self.assertEqual(len({row['split'] for row in rows if row['source'] == source}), 1)
        for share, split in (('0', 'train'), ('1', 'validation')):
            self.assertEqual(self.features(*options, '--validation', share, data=self.path('wild')).returncode, 0)
            self.assertEqual({row['split'] for row in table(self.path('store'), 'manifest.csv')}, {split})
        self.refused(self.features('--layout', 'sources', '--negative-class', 'Plush', data=self.path('wild'), out='x'),
                     "expected a class folder 'Plush'")
        for name in ('Cat', 'Dog'):
            write(self.path('two', name, '1.ppm'), ppm(9, 9, (1, 2, 3)))
        self.refused(self.features('--negative-class', 'Cat', data=self.path('two'), out='x'),
                     "at least two class folders besides 'Cat'")

    def test_several_data_sets_are_one_store(self):
        for name in ('first', 'second'):
            for label in ('Cat', 'Dog'):
                for i in range(6):
                    write(self.path(name, label, f'{i}.ppm'), ppm(9, 9, striped(hash_of(name, label, i))))
        both = ['--data', self.path('first'), '--data', self.path('second') + ':2.5', '--out', self.path('store')]
        done = run(FEATURES, *both)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path('store', 'dataset.json'), encoding='utf-8') as file:
            self.assertEqual(json.load(file)['sources'], [{'name': 'first', 'weight': 1.0}, {'name': 'second', 'weight': 2.5}])
        rows = table(self.path('store'), 'manifest.csv')
        self.assertEqual(len(rows), 24)
        for row in rows:
            self.assertEqual(row['source'], '0' if row['path'].startswith('first/') else '1')
        self.assertIn('unchanged', last_line(run(FEATURES, *both)))
        parts = []
        for i in (1, 2):  # in parts: the same, byte for byte
            parts.append(self.path(f'part{i}'))
            done = run(FEATURES, *both[:-1], parts[-1], '--shard', f'{i}/2')
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(run(FEATURES, 'merge', *parts, '--out', self.path('merged')).returncode, 0)
        for name in ('manifest.csv', 'dataset.json', 'images.npy'):
            with open(self.path('store', name), 'rb') as one, open(self.path('merged', name), 'rb') as other:
                self.assertEqual(one.read(), other.read(), name)
        self.refused(run(FEATURES, '--data', self.path('first') + ':-1', '--out', self.path('x')),
                     'a weight from 0 to 1000', code=2)
        shutil.copytree(self.path('first'), self.path('other', 'first'))
        self.refused(run(FEATURES, '--data', self.path('first'), '--data', self.path('other', 'first'), '--out',
                         self.path('x')), 'data sets of different names')


if __name__ == '__main__':
    unittest.main(verbosity=2)
