"""What the tests of fine-tuning share."""
import hashlib
import json
import os
import random
import subprocess
import tempfile
import unittest

from drawn_classes import CLASSES, write_picture

FEATURES, TRAIN, CLASSIFY, EVALUATE, PRETRAINED = (
    os.environ[name] for name in ('CATDOG_FEATURES', 'CATDOG_TRAIN', 'CATDOG_CLASSIFY', 'CATDOG_EVALUATE',
                                  'CATDOG_MAKE_PRETRAINED'))
TAUGHT = 6


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


def file_hash(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


class FineTuneCase(unittest.TestCase):
    """Two drawn classes and negatives as feature stores, and the weights of a small pretrained network."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = cls.scratch.name
        rng = random.Random(3)
        # Two of the drawn kinds are the classes, the third is what is neither.
        for kind, name in enumerate(CLASSES):
            folder = os.path.join(cls.root, 'data', name) if kind < 2 else os.path.join(cls.root, 'others')
            os.makedirs(folder)
            for i in range(40):
                write_picture(os.path.join(folder, f'{i}.ppm'), kind, rng)
        for i in range(40):  # photos of one folder are held out together
            group = os.path.join(cls.root, 'others', str(i % 4))
            os.makedirs(group, exist_ok=True)
            os.rename(os.path.join(cls.root, 'others', f'{i}.ppm'), os.path.join(group, f'{i}.ppm'))
        cls.weights = os.path.join(cls.root, 'weights.safetensors')
        cls.features, cls.others = os.path.join(cls.root, 'features'), os.path.join(cls.root, 'other-features')
        for command in ([PRETRAINED, cls.weights, str(TAUGHT)],
                        [FEATURES, '--data', os.path.join(cls.root, 'data'), '--out', cls.features, '--size', '40'],
                        [FEATURES, '--unlabelled', '--data', os.path.join(cls.root, 'others'), '--out', cls.others, '--size', '40']):
            done = run(*command)
            assert done.returncode == 0, done.stderr
        cls.taught = os.path.join(cls.root, 'taught.json')
        cls.write_taught({CLASSES[0]: ['0-1'], CLASSES[1]: ['3']})

    @classmethod
    def write_taught(cls, members):
        with open(cls.taught, 'w', encoding='utf-8') as file:
            json.dump(members, file)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def command(self, name, *options):
        taught = [] if '--pretrained-class-map' in options else ['--pretrained-class-map', self.taught]
        return [TRAIN, '--features', self.features, '--negatives', self.others, '--pretrained', self.weights, *taught,
                '--out', os.path.join(self.root, name), '--batch-size', '16', '--threads', '2',
                '--no-tracking', *options]

    def card(self, name):
        with open(os.path.join(self.root, name, 'model', 'model.json'), encoding='utf-8') as file:
            return json.load(file)
