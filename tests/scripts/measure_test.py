"""Figures of scripts/measure.py against ones computed by hand."""
import json
import math
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../../scripts'))
import measure  # noqa: E402

LABELS = ['Cat', 'Dog']


def row(path, cat, decision=None, error=''):
    said = 'Cat' if cat >= 0.5 else 'Dog'
    return path, said, {'Cat': cat, 'Dog': 1 - cat}, decision or said, error


class MeasureTest(unittest.TestCase):
    def test_paths_are_found_again(self):
        for written, path in [('Cat/1.jpg', b'Cat/1.jpg'), (r'K\xE9\\x/1.jpg', b'K\xe9\\x/1.jpg'), (r'a\b\\c', rb'a\b\\c'),
                              (r'K\\xE9', rb'K\xE9'), ('K\u00e4tz', 'K\u00e4tz'.encode())]:
            self.assertEqual(measure.unescaped(written), path)

    # 3 cats of which 2 are recognised, 1 dog that is; one file that is no picture.
    ROWS = [row('/p/Cat/1.jpg', 0.9), row('/p/Cat/2.jpg', 0.5, 'unsure'), row('/p/Cat/3.jpg', 0.25),
            row('/p/Dog/1.jpg', 0.0), ('/p/Dog/2.jpg', '', {}, '', 'no picture')]

    def test_counts_and_shares(self):
        found = measure.figures(self.ROWS, LABELS, '/p')
        self.assertEqual(found['photos'], 4)
        self.assertEqual(found['unreadable'], 1)
        self.assertEqual(found['unsure'], 1)
        self.assertEqual(found['confusion'], [[2, 1], [0, 1]])
        self.assertAlmostEqual(found['accuracy'], 0.75)

    def test_f1_is_the_mean_of_both_classes(self):
        found = measure.figures(self.ROWS, LABELS, '/p')
        # Cat: precision 1, recall 2/3 → 4/5. Dog: precision 1/2, recall 1 → 2/3.
        self.assertAlmostEqual(found['classes'][0]['f1'], 4 / 5)
        self.assertAlmostEqual(found['classes'][1]['f1'], 2 / 3)
        self.assertAlmostEqual(found['f1'], 11 / 15)

    def test_log_loss(self):
        found = measure.figures(self.ROWS, LABELS, '/p')
        self.assertAlmostEqual(found['log_loss'], -(math.log(0.9) + math.log(0.5) + math.log(0.25)) / 4)

    def test_certain_and_wrong_is_not_infinitely_bad(self):
        found = measure.figures([row('/p/Cat/1.jpg', 0.0)], LABELS, '/p')
        self.assertAlmostEqual(found['log_loss'], -math.log(0.00005))

    def test_wilson_interval(self):
        # Newcombe 1998 (Statistics in Medicine 17), table I: 81 of 263.
        low, high = measure.wilson_interval(81, 263)
        self.assertAlmostEqual(low, 0.2553, places=4)
        self.assertAlmostEqual(high, 0.3662, places=4)

    def test_whether_the_held_back_photos_test_a_model(self):
        store = {'digest': 'd1', 'split_digest': 's1'}
        self.assertIsNone(measure.doubts(store, {'data_digest': 'd1', 'split_digest': 's1', 'fold': ''}))
        for other in ({'split_digest': 's1'}, {'data_digest': 'd2', 'split_digest': 's1'}):
            self.assertIn('not known', measure.doubts(store, other))
        for other in ({'split_digest': 's2'}, {'split_digest': 's1', 'fold': '1/3'}):
            self.assertIn('held others', measure.doubts(store, {'data_digest': 'd1', **other}))

    def test_figures_are_recorded_once_for_each_test_set(self):
        result = measure.figures(self.ROWS, LABELS, '/p')
        with tempfile.TemporaryDirectory() as bundle:
            file = os.path.join(bundle, 'model.json')
            with open(file, 'w', encoding='utf-8') as stream:
                json.dump({'name': 'señal', 'metrics': [{'test_set': 'held back', 'accuracy': 1}], 'licence': 'MIT'}, stream)
            measure.record(bundle, 'web photos', {**result, 'accuracy': 0.1})
            measure.record(bundle, 'web photos', result)
            self.assertEqual(os.listdir(bundle), ['model.json'])
            model = measure.read_json(file)
        self.assertEqual(list(model), ['name', 'metrics', 'licence'])
        self.assertEqual([one['test_set'] for one in model['metrics']], ['held back', 'web photos'])
        self.assertEqual(model['metrics'][0]['accuracy'], 1)
        self.assertEqual({**result, **model['metrics'][1]}, {**result, 'test_set': 'web photos'})
        self.assertAlmostEqual(model['metrics'][1]['accuracy'], 0.75)

    def test_folder_that_is_no_label(self):
        with self.assertRaisesRegex(ValueError, r"expected a folder named as one of .*Cat, Dog.*found 'Bird'"):
            measure.figures([row('/p/Bird/1.jpg', 0.5)], LABELS, '/p')

    def test_unsure_and_neither_are_counted_apart(self):
        found = measure.figures([row('/p/Cat/1.jpg', 0.9, 'neither'), row('/p/Cat/2.jpg', 0.6, 'unsure'),
                                 row('/p/Dog/1.jpg', 0.1)], LABELS, '/p')
        self.assertEqual((found['unsure'], found['neither'], found['accuracy']), (1, 1, 1))
        self.assertEqual(found['decided_right'], 1)

    def test_the_threshold_counts_refused_photos_as_undecided(self):
        # 2 % of 100 photos are 2: one is refused, so one more is below.
        rows = [row('/p/Cat/0.jpg', 0.9, 'neither')] + [row(f'/p/Cat/{i}.jpg', 0.5 + 0.004 * i) for i in range(1, 100)]
        found = measure.figures(rows, LABELS, '/p')
        self.assertAlmostEqual(found['threshold'], (0.504 + 0.508) / 2)
        self.assertEqual(measure.figures(rows[1:20], LABELS, '/p')['threshold'], 0, 'of 19 photos 2 % are none')
        self.assertIn('of the 99 decided on 99 are right; with --threshold 0.5060 2% would be undecided', measure.as_text(found))

    def test_photos_of_none_of_the_classes(self):
        found = measure.told_as_neither([row('/o/1.jpg', 0.9, 'neither'), row('/o/2.jpg', 0.6, 'unsure'),
                                         row('/o/3.jpg', 0.9), ('/o/4.jpg', '', {}, '', 'no picture')])
        self.assertEqual((found['photos'], found['neither'], found['unsure']), (3, 1, 1))
        with self.assertRaisesRegex(ValueError, 'found none'):
            measure.told_as_neither(self.ROWS[-1:])

    def test_nothing_readable(self):
        with self.assertRaisesRegex(ValueError, 'found none'):
            measure.figures(self.ROWS[-1:], LABELS, '/p')


if __name__ == '__main__':
    unittest.main()
