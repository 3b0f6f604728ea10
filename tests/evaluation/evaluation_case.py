"""Three classes of drawn pictures, some of them under a wrong label, learnt in three folds: made once for a test."""
import html.parser
import os
import random
import subprocess
import tempfile
import unittest

from drawn_classes import CLASSES, write_picture

FEATURES, TRAIN, EVALUATE = (os.environ['CATDOG_' + name] for name in ('FEATURES', 'TRAIN', 'EVALUATE'))
EVIL = '<img src=x onerror=alert(1)>"\'&<script>.ppm'  # the name of a file that wants to be HTML
PHOTOS = 50  # of each class
FOLDS = 3


def run(*command):
    environment = {**os.environ, 'MLFLOW_TRACKING_URI': tempfile.gettempdir()}  # --no-tracking is given everywhere
    return subprocess.run([os.fspath(part) for part in command], capture_output=True, text=True, timeout=900,
                          env=environment, check=False)


def make_data(folder, seed, planted=True):
    """Writes the photos; gives the paths of those that are planted under a wrong label, and the label they deserve."""
    rng = random.Random(seed)
    wrong = {}
    for kind, name in enumerate(CLASSES):
        os.makedirs(os.path.join(folder, name))
        for i in range(PHOTOS):
            write_picture(os.path.join(folder, name, f'{i}.ppm'), kind, rng)
        if planted:
            other = (kind + 1) % len(CLASSES)
            for file in (EVIL if kind == 0 else 'p.ppm', 'q.ppm', 'r.ppm'):
                write_picture(os.path.join(folder, name, file), other, rng)
                wrong[f'{name}/{file}'] = CLASSES[other]
    return wrong


class EvaluationCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = cls.scratch.name
        cls.wrong = make_data(cls.path('data'), 4)
        cls.features = cls.path('features')
        cls.make_store(cls.path('data'), cls.features)
        cls.folds = [cls.train(f'fold-{i}', '--fold', f'{i}/{FOLDS}') for i in range(1, FOLDS + 1)]

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.root, *parts)

    @staticmethod
    def make_store(data, out, size='32', *options):
        made = run(FEATURES, '--data', data, '--out', out, '--size', size, *options)
        assert made.returncode == 0, made.stderr

    @classmethod
    def try_train(cls, name, *options, epochs=24):
        return run(TRAIN, '--features', cls.features, '--out', cls.path(name), '--epochs', str(epochs), '--batch-size', '16',
                   '--threads', '1', '--ema-decay', '0.9', '--no-tracking', *options)

    @classmethod
    def train(cls, name, *options, epochs=24):
        done = cls.try_train(name, *options, epochs=epochs)
        assert done.returncode == 0, done.stderr
        return cls.path(name)

    def evaluate(self, *arguments):
        return run(EVALUATE, *arguments)

    def succeeds(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def fails(self, done, *texts):
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stderr)


class Page(html.parser.HTMLParser):
    """What a browser would make of a page: its elements, and the text of some."""

    def __init__(self, file):
        super().__init__()
        self.elements, self.headings, self.text = [], [], ''
        with open(file, encoding='utf-8') as stream:
            self.feed(stream.read())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.elements and self.elements[-1][0] == 'h2':
            self.headings.append(data.strip())
        self.text += data

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]
