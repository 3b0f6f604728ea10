"""The shipped model on the page's drawn samples: what a visitor sees first is right."""
import json
import os
import unittest

from tool_testing import rows_of, run

PUBLIC = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../web/public')
WANTED = {'golden': 'Dog', 'pied': 'Dog', 'spaniel': 'Dog', 'tabby': 'Cat', 'ginger': 'Cat', 'grey': 'Cat', 'garden': 'none'}


class ClassifySamplesTest(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(PUBLIC, 'model/model.json'), encoding='utf-8') as file:
            model = json.load(file)
        if model['labels'] != ['Cat', 'Dog'] or 'presence' not in model:
            self.skipTest('web/public/model is a network of your own')

    def test_the_samples_are_what_they_show(self):
        done = run(os.environ['CATDOG_CLASSIFY'], os.path.join(PUBLIC, 'samples'), cwd='/')  # the default model
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({row['path']: row['decision'] for row in rows_of(done.stdout)},
                         {f'samples/{name}.jpg': decision for name, decision in WANTED.items()})

    def test_doubtful_photos_are_looked_at_again(self):
        def classify(*options):
            done = run(os.environ['CATDOG_CLASSIFY'], os.path.join(PUBLIC, 'samples'), '--model',
                       os.path.join(PUBLIC, 'model'), *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            return {row['path']: row for row in rows_of(done.stdout)}
        # Thresholds that nothing reaches make every photo doubtful, those of 0 none that is told surely.
        once, again = (classify('--threshold', '1', '--presence-threshold', '0', *tta) for tta in ([], ['--tta']))
        self.assertEqual(set(once), set(again))
        self.assertTrue(any(once[path]['prob_Cat'] != again[path]['prob_Cat'] for path in once))
        sure = [path for path, row in classify().items() if float(row['confidence']) >= 0.99]
        self.assertTrue(sure)
        looked = classify('--tta')
        self.assertEqual({path: looked[path]['label'] for path in sure}, {path: once[path]['label'] for path in sure})


if __name__ == '__main__':
    unittest.main()
