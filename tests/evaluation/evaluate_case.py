"""What the tests of catdog-evaluate share that need no training: a random network, and folders of photos."""
import csv
import json
import os
import tempfile

from tool_testing import ScratchCase, edited_bundle, ppm, rows_of, run, striped, write

FEATURES, CLASSIFY, EVALUATE, MAKE_BUNDLE = (
    os.environ['CATDOG_' + name] for name in ('FEATURES', 'CLASSIFY', 'EVALUATE', 'MAKE_TEST_BUNDLE'))
LABELS = ['Cat', 'Dog']
SIZE = '32'  # of the network's input, pixels
BROKEN = b'\xff\xd8\xff\xe0 no more'


def read_json(file):
    with open(file, encoding='utf-8') as stream:
        return json.load(stream)


class EvaluateCase(ScratchCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()
        cls.model = os.path.join(cls.shared.name, 'bundle')
        made = run(MAKE_BUNDLE, cls.model, '--labels', ','.join(LABELS), '--size', SIZE, '--seed', '19', '--presence')
        assert made.returncode == 0, made.stderr
        # Of its photos this network rejects some, and is uncertain of others.
        cls.pets = os.path.join(cls.shared.name, 'pets')
        cls.write_photos(cls.pets, {'Cat': 20, 'Dog': 20})
        write(os.path.join(cls.pets, 'Dog', 'broken.jpg'), BROKEN)
        cls.model = edited_bundle(cls.model, os.path.join(cls.shared.name, 'model'), cls.use_thresholds)

    @staticmethod
    def use_thresholds(card):
        card['thresholds'] = {'confidence': 0.6, 'presence': 0.5}

    @staticmethod
    def write_photos(folder, counts, first=0):
        """Different ones for each `first` that is far enough from others."""
        seed = first
        for name, count in counts.items():
            for _ in range(count):
                write(os.path.join(folder, name, f'{seed}.ppm'), ppm(24 + seed % 30, 60 - seed % 25, striped(seed)))
                seed += 1

    def make_store(self, data, *options):
        store = self.path('store')
        made = run(FEATURES, '--data', data, '--out', store, '--size', SIZE, *options)
        self.assertEqual(made.returncode, 0, made.stderr)
        return store

    def trained_on(self, store, name='trained', **more):
        """A bundle that says that it was trained with the store."""
        description = read_json(os.path.join(store, 'dataset.json'))

        def say(card):
            card['training'] = {'data_digest': description['digest'], 'split_digest': description['split_digest'], **more}
        return edited_bundle(self.model, self.path(name), say)

    def held_out(self, store):
        with open(os.path.join(store, 'manifest.csv'), newline='', encoding='utf-8') as file:
            return [row['path'] for row in csv.DictReader(file) if row['split'] == 'validation']

    def evaluate(self, *arguments, **options):
        return run(EVALUATE, *arguments, **options)

    def metrics(self, *arguments, **options):
        """What the tool writes as JSON, and says."""
        file = self.path('metrics.json')
        done = self.evaluate(*arguments, '--json', file, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return read_json(file), done.stdout.decode()

    def classified(self, *inputs, model=None):
        done = run(CLASSIFY, *inputs, '--model', model or self.model)
        self.assertEqual(done.returncode, 0, done.stderr)
        return rows_of(done.stdout)
