"""catdog-evaluate gives of the shipped model what its model.json says, on real photos where there are any."""
import json
import os
import subprocess
import tempfile
import unittest

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
MODEL = os.path.join(REPOSITORY, 'web', 'public', 'model')
PHOTOS = os.path.join(os.environ.get('CATDOG_TEST_DATA') or os.path.join(REPOSITORY, '..', 'shared', 'data'), 'originals')


class EvaluateShippedTest(unittest.TestCase):
    @unittest.skipUnless(os.path.isdir(PHOTOS), f'no photos: expected a folder {PHOTOS}')
    def test_original_size_photos(self):
        with open(os.path.join(MODEL, 'model.json'), encoding='utf-8') as file:
            recorded, = [one for one in json.load(file)['metrics'] if one['test_set'].startswith('original-size photos')]
        with tempfile.TemporaryDirectory() as folder:
            metrics = os.path.join(folder, 'metrics.json')
            done = subprocess.run([os.environ['CATDOG_EVALUATE'], MODEL, '--photos', PHOTOS, '--external-data', '--json',
                                   metrics], capture_output=True, text=True, timeout=280, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(metrics, encoding='utf-8') as file:
                found = json.load(file)
        self.assertEqual(found['photos'], recorded['photos'])
        self.assertAlmostEqual(found['accuracy'], recorded['accuracy'], places=12)
        self.assertAlmostEqual(found['f1'], recorded['f1'], places=12)
        self.assertAlmostEqual(found['log_loss'], recorded['log_loss'], places=4)


if __name__ == '__main__':
    unittest.main(verbosity=2)
