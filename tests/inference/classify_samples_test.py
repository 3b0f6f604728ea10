"""The shipped model on the page's drawn samples: what a visitor sees first is right."""
import json
import os
import unittest

from tool_testing import rows_of, run

PUBLIC = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../web/public')
WANTED = {'golden': 'Dog', 'pied': 'Dog', 'spaniel': 'Dog', 'tabby': 'Cat', 'ginger': 'Cat', 'grey': 'Cat', 'garden': 'neither'}


class ClassifySamplesTest(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(PUBLIC, 'model/model.json'), encoding='utf-8') as file:
            model = json.load(file)
        if model['labels'] != ['Cat', 'Dog'] or 'presence' not in model:
            self.skipTest('web/public/model is a network of your own')

    def test_the_samples_are_what_they_show(self):
        done = run(os.environ['CATDOG_CLASSIFY'], os.path.join(PUBLIC, 'samples'), '--model', os.path.join(PUBLIC, 'model'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({row['path']: row['decision'] for row in rows_of(done.stdout)},
                         {f'samples/{name}.jpg': decision for name, decision in WANTED.items()})


if __name__ == '__main__':
    unittest.main()
