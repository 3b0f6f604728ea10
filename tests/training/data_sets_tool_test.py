"""catdog-train on several data sets, which count as they are asked to and are measured each by itself."""
import csv
import json
import os
import random
import unittest

from drawn_classes import CLASSES, write_picture
from fine_tune_case import EVALUATE, FEATURES, FineTuneCase, run


class DataSetsToolTest(FineTuneCase):
    def write_sources(self):
        """A store of two sources, one to learn from and one held out, each with negatives; how many photos of each."""
        rng, wild, features = random.Random(5), os.path.join(self.root, 'wild'), os.path.join(self.root, 'wild-features')
        for source in ('near', 'far'):
            for kind, name in enumerate((*CLASSES[:2], 'Other')):
                folder = os.path.join(wild, source, name)
                os.makedirs(folder)
                for i in range(6):
                    write_picture(os.path.join(folder, f'{i}.ppm'), kind, rng)
        made = run(FEATURES, '--layout', 'sources', '--negative-class', 'Other', '--validation', '0.5', '--data', wild,
                   '--out', features, '--size', '40')
        self.assertEqual(made.returncode, 0, made.stderr)
        return features

    def test_several_data_sets_with_weights(self):
        wild = self.write_sources()

        def train(name, folder):
            done = run(*self.command(name, '--features', folder, '--epochs', '1', '--max-abstained', '0.1'))
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(os.path.join(self.root, name, 'epochs.csv'), newline='') as file:
                epoch, = csv.DictReader(file)
            return done, round(float(epoch['seconds']) * float(epoch['photos_per_second']))

        done, seen = train('several', wild + ':2.5')
        self.assertAlmostEqual(seen, 64 + 12 * 2.5, delta=6, msg='each two or three times')
        self.assertEqual(train('measured', wild + ':0')[1], 64)
        self.assertRegex(done.stderr, r'source +photos +accuracy')
        card = self.card('several')
        self.assertEqual([(one['name'], one['weight'], one['photos']) for one in card['training']['data_sets']],
                         [('features', 1, 80), ('wild-features', 2.5, 36), ('other-features', 1, 40)])
        self.assertEqual([(one['test_set'].split(' held')[0], one['photos']) for one in card['metrics']],
                         [('photos of features', 16), ('photos of wild-features', 12)])
        self.assertEqual(card['metrics'][1]['presence']['others'], 6, 'its own negatives')
        self.assertEqual(card['metrics'][0]['presence']['others'], 8, 'those of --negatives')
        for folder, rows in ((wild, 12), (self.features, 16)):  # each of its data sets is known
            report = os.path.join(self.root, 'several.json')
            found = run(EVALUATE, os.path.join(self.root, 'several'), '--features', folder, '--json', report)
            self.assertEqual(found.returncode, 0, found.stderr)
            with open(report, encoding='utf-8') as file:
                figures = json.load(file)
            self.assertEqual(figures['photos'], rows)
            self.assertEqual(sum(one['photos'] for one in figures['by_source']), rows)
        refused = run(*self.command('mixed', '--features', self.others))
        self.assertEqual(refused.returncode, 1)
        self.assertIn('expected the classes', refused.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
