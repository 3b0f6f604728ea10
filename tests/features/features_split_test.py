"""Which photos catdog-features holds back: a fair share of each class, by content, near-duplicates on one side."""
import os
import shutil
import unittest

from features_case import PHOTOS, FeaturesCase, table
from tool_testing import ppm, striped, write


class FeaturesSplitTest(FeaturesCase):
    def test_splits_are_stratified_and_seeded(self):
        rows = table(self.store, 'manifest.csv')
        for name, count in PHOTOS.items():
            held = sum(row['path'].startswith(name + '/') and row['split'] == 'validation' for row in rows)
            self.assertAlmostEqual(held, count * 0.2, delta=1, msg=name)
        again = self.features('--threads', '1')
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(table(self.path('store'), 'manifest.csv'), rows)
        self.assertEqual(self.features('--seed', '2', out='other').returncode, 0)
        other = table(self.path('other'), 'manifest.csv')
        self.assertNotEqual([row['split'] for row in other], [row['split'] for row in rows])
        self.assertEqual([row['sha256'] for row in other], [row['sha256'] for row in rows])
        self.assertEqual(self.features('--validation', '0.5', out='half').returncode, 0)
        held = sum(row['split'] == 'validation' for row in table(self.path('half'), 'manifest.csv'))
        self.assertAlmostEqual(held, 35, delta=3)

    def test_content_decides_the_split_and_not_the_name(self):
        names = {}
        for label in PHOTOS:
            folder = os.path.join(self.data, label)
            for i, name in enumerate(sorted(n for n in os.listdir(folder) if n.endswith('.ppm'))):
                target = self.path('data', label, f'renamed-{(i * 7) % PHOTOS[label]}-{i}.ppm')
                os.makedirs(os.path.dirname(target), exist_ok=True)
                names[shutil.copy(os.path.join(folder, name), target)] = name
        self.assertEqual(self.features(data=self.path('data')).returncode, 0)
        split = {row['sha256']: row['split'] for row in table(self.store, 'manifest.csv')}
        renamed = {row['sha256']: row['split'] for row in table(self.path('store'), 'manifest.csv')}
        self.assertEqual(renamed, split)

    def test_near_duplicates_stay_on_one_side(self):
        # Each motif ten times: as it is, and slightly brighter each time; names put the copies far apart.
        for label in ('a', 'b'):
            for motif in range(10):
                paint = striped(motif * 5 + (label == 'b'))
                for copy in range(10):
                    picture = ppm(40, 30, lambda x, y, p=paint, c=copy: [value + c // 4 for value in p(x, y)])
                    write(self.path('data', label, f'{copy}-{motif}.ppm'), picture)
        done = self.features(data=self.path('data'))
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = table(self.path('store'), 'manifest.csv')
        sides = {}
        for row in rows:
            label, name = row['path'].split('/')
            sides.setdefault((label, name.split('-')[1]), set()).add((row['split'], row['group']))
        self.assertEqual(len(sides), 20)
        for motif, found in sides.items():
            self.assertEqual(len(found), 1, (motif, found))
        self.assertGreater(len({group for found in sides.values() for _, group in found}), 10, 'motifs stay apart')
        self.assertEqual({split for found in sides.values() for split, _ in found}, {'train', 'validation'})


if __name__ == '__main__':
    unittest.main(verbosity=2)
