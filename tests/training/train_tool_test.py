"""catdog-train as a person uses it: three generated classes are learnt, exported and read by catdog-classify."""
import csv
import glob
import hashlib
import json
import math
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest

from drawn_classes import CLASSES, write_picture

FEATURES, TRAIN, CLASSIFY = (os.environ[name] for name in ('CATDOG_FEATURES', 'CATDOG_TRAIN', 'CATDOG_CLASSIFY'))

# Where trainings are tracked, when a test does not say it.
TRACKING = tempfile.TemporaryDirectory()
ENVIRONMENT = {**os.environ, 'MLFLOW_TRACKING_URI': TRACKING.name}


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=ENVIRONMENT, **options)


def file_hash(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


class TrainToolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = cls.scratch.name
        rng = random.Random(4)
        for kind, name in enumerate(CLASSES):
            os.makedirs(os.path.join(cls.root, 'data', name))
            for i in range(40):
                write_picture(os.path.join(cls.root, 'data', name, f'{i}.ppm'), kind, rng)
        cls.features = os.path.join(cls.root, 'features')
        made = run(FEATURES, '--data', os.path.join(cls.root, 'data'), '--out', cls.features, '--size', '32')
        assert made.returncode == 0, made.stderr

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def train(self, name, *options, epochs=8):
        out = os.path.join(self.root, name)
        return out, run(TRAIN, '--features', self.features, '--out', out, '--epochs', str(epochs), '--batch-size', '16',
                        '--threads', '2', *options)

    def test_learns_three_classes_and_exports_them(self):
        for network, epochs in (('cnn_small', 20), ('resnet_small', 10)):
            out, done = self.train('learn-' + network, '--network', network, '--ema-decay', '0.9', epochs=epochs)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(os.path.join(out, 'model', 'model.json'), encoding='utf-8') as file:
                card = json.load(file)
            self.assertEqual(card['labels'], list(CLASSES))
            self.assertGreaterEqual(card['metrics'][0]['accuracy'], 0.9, done.stderr)
            table = os.path.join(out, 'predictions.csv')
            found = run(CLASSIFY, os.path.join(self.root, 'data'), '--model', os.path.join(out, 'model'), '--out', table)
            self.assertEqual(found.returncode, 0, found.stderr)
            with open(table, newline='', encoding='utf-8') as file:
                rows = list(csv.DictReader(file))
            self.assertEqual(len(rows), 120)
            right = sum(row['path'].split('/')[1] == row['label'] for row in rows)
            self.assertGreaterEqual(right / len(rows), 0.9)
            with open(os.path.join(out, 'epochs.csv'), newline='') as file:
                history = list(csv.DictReader(file))
            self.assertEqual(len(history), epochs)
            for column in ('train_loss', 'train_accuracy', 'train_f1', 'validation_loss', 'validation_accuracy',
                           'validation_f1'):
                self.assertTrue(math.isfinite(float(history[-1][column])))
            self.assertLess(float(history[-1]['train_loss']), float(history[0]['train_loss']))

    def test_same_seed_same_numbers(self):
        first, done = self.train('seed-a', epochs=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        second, _ = self.train('seed-b', epochs=2)
        other, _ = self.train('seed-c', '--seed', '2', epochs=2)
        models = [file_hash(os.path.join(out, 'model', 'model.onnx')) for out in (first, second, other)]
        self.assertEqual(models[0], models[1])
        self.assertNotEqual(models[0], models[2])

    def test_an_interrupted_training_leaves_whole_files_and_goes_on(self):
        whole, done = self.train('whole', epochs=4)
        self.assertEqual(done.returncode, 0, done.stderr)
        out = os.path.join(self.root, 'cut')
        command = [TRAIN, '--features', self.features, '--out', out, '--epochs', '4', '--batch-size', '16', '--threads', '2']
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        deadline = time.time() + 60
        while not os.path.exists(os.path.join(out, 'last.pt')) and time.time() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 1)
        self.assertFalse([name for name in os.listdir(out) if '.part-' in name])
        self.assertFalse(os.path.exists(os.path.join(out, 'model')))
        again = run(*command)
        self.assertEqual(again.returncode, 1, 'a training is not overwritten')
        self.assertIn('--resume', again.stderr)
        resumed = run(*command, '--resume')
        self.assertEqual(resumed.returncode, 0, resumed.stderr)
        self.assertEqual(file_hash(os.path.join(out, 'model', 'model.onnx')),
                         file_hash(os.path.join(whole, 'model', 'model.onnx')))

    def test_is_tracked_in_a_folder_of_mlflows_layout(self):
        store = os.path.join(self.root, 'mlruns')
        out, done = self.train('tracked', '--tracking-uri', store, '--experiment', 'three', epochs=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        run_folders = glob.glob(os.path.join(store, '*', '*', 'metrics', 'validation_accuracy'))
        self.assertEqual(len(run_folders), 1)
        kept = os.path.dirname(os.path.dirname(run_folders[0]))
        with open(run_folders[0]) as file:
            points = [line.split() for line in file]
        self.assertEqual([point[2] for point in points], ['1', '2'])
        with open(os.path.join(out, 'epochs.csv'), newline='') as file:
            history = list(csv.DictReader(file))
        self.assertEqual([float(point[1]) for point in points],
                         [float(row['validation_accuracy']) for row in history])
        with open(os.path.join(out, 'model', 'model.json'), encoding='utf-8') as file:
            card = json.load(file)
        for name, value in (('network', 'resnet_small'), ('size', card['input']['size']), ('train_crop_size', card['training']['train_crop_size']),
                            ('parameters', card['training']['parameters']),
                            ('multiply_adds', card['training']['multiply_adds'])):
            with open(os.path.join(kept, 'params', name), encoding='utf-8') as file:
                self.assertEqual(file.read().strip(), str(value), name)
        self.assertEqual(file_hash(os.path.join(kept, 'artifacts', 'metrics.json')),
                         file_hash(os.path.join(out, 'metrics.json')))
        untracked = os.path.join(self.root, 'none')
        _, quiet = self.train('untracked', '--tracking-uri', untracked, '--no-tracking', epochs=1)
        self.assertEqual(quiet.returncode, 0, quiet.stderr)
        self.assertFalse(os.path.exists(untracked))

    def test_a_checkpoint_that_does_not_fit_is_refused(self):
        out, done = self.train('refuse', epochs=1)
        self.assertEqual(done.returncode, 0, done.stderr)
        _, other = self.train('refuse', '--resume', '--network', 'cnn_small', epochs=1)
        self.assertEqual(other.returncode, 1)
        self.assertIn('network', other.stderr)
        _, more = self.train('refuse', '--resume', '--blur-scale', '2', epochs=1)
        self.assertEqual(more.returncode, 1)
        self.assertIn('--blur-scale 2.0', more.stderr)
        _, mixed = self.train('mixed', '--blur-scale', '2', epochs=1)
        self.assertEqual(mixed.returncode, 0, mixed.stderr)
        _, less = self.train('mixed', '--resume', epochs=1)
        self.assertEqual(less.returncode, 1)
        self.assertIn('no --blur-scale, as now asked for, found 2.0', less.stderr)
        with open(os.path.join(out, 'last.pt'), 'r+b') as file:
            file.truncate(1000)
        _, damaged = self.train('refuse', '--resume', epochs=1)
        self.assertEqual(damaged.returncode, 1)
        self.assertIn('damaged', damaged.stderr)
        self.assertIn('last.pt', damaged.stderr)

    def test_help_usage_and_missing_things(self):
        shown = run(TRAIN, '--help')
        self.assertEqual(shown.returncode, 0)
        self.assertIn('Example:', shown.stdout)
        self.assertIn('--epochs', shown.stdout)
        for wrong in ([], ['--features', self.features], ['--features', 'x', '--out', 'y', '--network', 'gpt'],
                      ['--features', 'x', '--out', 'y', '--epochs', 'many'], ['--frobnicate']):
            self.assertEqual(run(TRAIN, *wrong).returncode, 2, wrong)
        out = os.path.join(self.root, 'nothing')
        missing = run(TRAIN, '--features', os.path.join(self.root, 'no-such'), '--out', out)
        self.assertEqual(missing.returncode, 1)
        self.assertIn('catdog-features', missing.stderr)
        self.assertFalse(os.path.exists(out))

    def test_photos_too_small_for_the_network(self):
        _, done = self.train('small', '--network', 'cnn_small', '--train-crop-size', '8')
        self.assertEqual(done.returncode, 1)
        self.assertIn('cnn_small: expected crops of at least 16 pixels, found 8', done.stderr)

    def test_growing_crops(self):
        out, done = self.train('growing', '--progressive-crop-start', '24', '--train-crop-size', '32', epochs=4)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(out, 'model', 'model.json'), encoding='utf-8') as file:
            self.assertEqual(json.load(file)['training']['progressive_crop_start'], 24)

    def test_a_margin_is_not_looked_at(self):
        size, margin = 32, 4
        out, done = self.train('margin', '--network', 'cnn_small', '--center-crop-margin', str(margin), '--train-crop-size', '24', epochs=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(out, 'model', 'model.json'), encoding='utf-8') as file:
            card = json.load(file)
        self.assertEqual((card['input']['size'], card['training']['center_crop_margin']), (size, margin))
        photos = os.path.join(self.root, 'margins')
        os.makedirs(photos)
        rng = random.Random(6)
        seen = range(margin, size - margin)
        changes = (lambda x, y: False, lambda x, y: x not in seen or y not in seen, lambda x, y: x in seen and y in seen)
        pictures = 8
        for i in range(pictures):
            picture = [rng.randbytes(3) for _ in range(size * size)]
            for kind, changed in enumerate(changes):
                pixels = [bytes(255 - value for value in pixel) if changed(place % size, place // size) else pixel
                          for place, pixel in enumerate(picture)]
                with open(os.path.join(photos, f'{i}-{kind}.ppm'), 'wb') as file:
                    file.write(b'P6 %d %d 255\n' % (size, size) + b''.join(pixels))
        table = os.path.join(self.root, 'margins.csv')
        found = run(CLASSIFY, photos, '--model', os.path.join(out, 'model'), '--out', table)
        self.assertEqual(found.returncode, 0, found.stderr)
        with open(table, newline='', encoding='utf-8') as file:
            said = [row['confidence'] for row in csv.DictReader(file)]
        plain, border, centre = (said[kind::3] for kind in range(3))
        self.assertEqual(len(plain), pictures)
        self.assertEqual(border, plain)
        self.assertNotEqual(centre, plain)
        _, refused = self.train('all-margin', '--network', 'cnn_small', '--center-crop-margin', '14', '--train-crop-size', '24')
        self.assertEqual(refused.returncode, 1)
        self.assertIn('cnn_small: expected at least 16 pixels between the margins, found 4', refused.stderr)

    def test_a_damaged_store_is_refused(self):
        broken = os.path.join(self.root, 'broken')
        made = run(FEATURES, '--data', os.path.join(self.root, 'data'), '--out', broken, '--size', '32')
        self.assertEqual(made.returncode, 0)
        with open(os.path.join(broken, 'images.npy'), 'r+b') as file:
            file.truncate(5000)
        refused = run(TRAIN, '--features', broken, '--out', os.path.join(self.root, 'never'))
        self.assertEqual(refused.returncode, 1)
        self.assertIn('images.npy', refused.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
