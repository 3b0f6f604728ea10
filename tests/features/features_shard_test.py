"""catdog-features --shard and merge: the store of one run, byte for byte."""
import json
import os
import shutil
import unittest

from features_case import FEATURES, SIZE, FeaturesCase, contents, table
from tool_testing import last_line, ppm, run, striped, write


class FeaturesShardTest(FeaturesCase):
    def duplicates(self):
        """The data set, with each of ten motifs three times in the first and the last class: the copies lie far apart."""
        data = shutil.copytree(self.data, self.path('data'))
        for label in ('Dog', 'fish'):
            for motif in range(10):
                paint = striped(500 + motif * 5)
                for copy in 'amz':
                    picture = ppm(40, 30, lambda x, y, p=paint, c=copy: [value + (c == 'z') for value in p(x, y)])
                    write(os.path.join(data, label, f'{copy}-{motif}.ppm'), picture)
        return data

    def parts(self, data, count, *options):
        folders = []
        for number in range(1, count + 1):
            folders.append(self.path(f'part-{number}-of-{count}'))
            done = run(FEATURES, '--data', data, '--size', str(SIZE), *options, '--shard', f'{number}/{count}', '--out',
                       folders[-1])
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f'part {number} of {count}: ', last_line(done))
        return folders

    def merge(self, parts, out):
        return run(FEATURES, 'merge', *parts, '--out', self.path(out))

    def test_merged_parts_are_the_store_of_one_run(self):
        data = self.duplicates()
        self.assertEqual(self.features(data=data).returncode, 0)
        whole = contents(self.path('store'))
        rows = table(self.path('store'), 'manifest.csv')
        for count in range(1, 8):
            parts = self.parts(data, count)
            done = self.merge(parts[::-1], f'merged-{count}')
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(contents(self.path(f'merged-{count}')), whole, count)
            if count > 1:
                part_of = {row['path']: number for number, part in enumerate(parts) for row in table(part, 'photos.csv')}
                spread = {}
                for row in rows:
                    spread.setdefault(row['group'], set()).add(part_of[row['path']])
                self.assertGreater(max(map(len, spread.values())), 1, 'near-duplicates must lie in different parts')

    def test_other_formats_and_photos_of_no_class(self):
        data = self.duplicates()
        for options in (('--format', 'float32', '--validation', '0.3', '--seed', '9'), ('--unlabelled',)):
            name = 'store' + options[0]
            self.assertEqual(self.features(*options, data=data, out=name).returncode, 0)
            done = self.merge(self.parts(data, 3, *options, '--force'), 'merged' + options[0])
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(contents(self.path('merged' + options[0])), contents(self.path(name)))

    def test_what_is_said_of_photos_of_no_class(self):
        done = self.features('--unlabelled')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('71 photos of no class', last_line(done))
        self.assertIn('0 near-duplicates; what is alike or lies in one folder is kept on one side', last_line(done))

    def test_more_parts_than_photos(self):
        for name in ('a/1', 'a/2', 'b/1'):
            write(self.path('few', name + '.ppm'), ppm(24, 20, striped(ord(name[0]) + ord(name[2]))))
        few = self.path('few')
        self.assertEqual(self.features(data=few).returncode, 0)
        self.assertEqual(self.merge(self.parts(few, 7), 'merged').returncode, 0)
        self.assertEqual(contents(self.path('merged')), contents(self.path('store')))

    def test_a_part_is_made_once(self):
        first, = self.parts(self.data, 1)
        again = run(FEATURES, '--data', self.data, '--size', str(SIZE), '--shard', '1/1', '--out', first)
        self.assertIn('nothing decoded', last_line(again))
        self.assertIn('70 photos, 3 skipped', last_line(again))
        other = run(FEATURES, '--data', self.data, '--size', str(SIZE), '--shard', '1/2', '--out', first)
        self.assertNotIn('nothing decoded', last_line(other))

    def test_parts_that_do_not_fit(self):
        one, two, three = self.parts(self.data, 3)
        strange = self.path('strange')
        done = run(FEATURES, '--data', self.data, '--size', '24', '--shard', '2/3', '--out', strange)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.refused(self.merge([one, three], 'out'), 'expected all 3 parts, found no part 2', '--shard 2/3')
        self.refused(self.merge([one, two], 'out'), 'found no part 3')
        self.refused(self.merge([one, two, two, three], 'out'), 'each part once', 'part 2 again')
        self.refused(self.merge([one, strange, three], 'out'), 'strange: expected a part made with the options of')
        self.refused(self.merge([self.store], 'out'), 'store: expected a part of a feature store')
        with open(os.path.join(two, 'images.npy'), 'r+b') as file:
            file.truncate(5000)
        self.refused(self.merge([one, two, three], 'out'), 'images.npy')
        with open(os.path.join(one, 'part.json'), 'w', encoding='utf-8') as file:
            json.dump({'part_format': 2}, file)
        self.refused(self.merge([one, two, three], 'out'), 'part.json: expected the fields of a part')
        self.assertFalse([name for name in os.listdir(self.root) if name.startswith('out')])

    def test_wrong_usage(self):
        for wrong in ('0/3', '4/3', '3', 'a/b', '1/0', '-1/3'):
            self.refused(self.features('--shard', wrong), '--shard', code=2)
        self.refused(run(FEATURES, 'merge', '--out', self.path('x')), 'parts', code=2)
        self.assertIn(b'xample', run(FEATURES, 'merge', '--help').stdout)


if __name__ == '__main__':
    unittest.main(verbosity=2)
