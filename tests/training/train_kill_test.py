"""A training killed at random moments and resumed ends with the weights and figures of one that was never interrupted."""
import csv
import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import tempfile
import time
import unittest

from drawn_classes import CLASSES, write_picture

FEATURES, TRAIN, COMPARE = (os.environ[name] for name in ('CATDOG_FEATURES', 'CATDOG_TRAIN', 'CATDOG_COMPARE_CHECKPOINTS'))
KILLS = 20
TIMES = ('seconds', 'photos_per_second')  # columns that the clock decides


def file_hash(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def history(run):
    with open(os.path.join(run, 'epochs.csv'), newline='') as file:
        return [{name: value for name, value in row.items() if name not in TIMES} for row in csv.DictReader(file)]


class TrainKillTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name
        rng = random.Random(8)
        for kind, name in enumerate(CLASSES):
            os.makedirs(os.path.join(self.root, 'data', name))
            for i in range(60):
                write_picture(os.path.join(self.root, 'data', name, f'{i}.ppm'), kind, rng)
        self.features = os.path.join(self.root, 'features')
        subprocess.run([FEATURES, '--data', os.path.join(self.root, 'data'), '--out', self.features, '--size', '64'],
                       check=True, capture_output=True)

    def command(self, name):
        # A checkpoint after every step: the moments of a kill lie before, in and after the writing of one.
        return [TRAIN, '--features', self.features, '--out', os.path.join(self.root, name), '--epochs', '8',
                '--prune-easy', '0.5', '--batch-size', '4', '--threads', '2', '--checkpoint-seconds', '0', '--no-tracking']

    def test_a_full_disk_destroys_nothing(self):
        subprocess.run(self.command('whole'), check=True, capture_output=True)
        run = os.path.join(self.root, 'full')
        process = subprocess.Popen(self.command('full'), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while not os.path.exists(os.path.join(run, 'last.pt')) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.wait()
        before = file_hash(os.path.join(run, 'last.pt'))
        # No file may grow beyond 100 kB: what a full disk does to a checkpoint.
        def small_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        full = subprocess.run(self.command('full') + ['--resume'], capture_output=True, text=True, preexec_fn=small_disk)
        self.assertEqual(full.returncode, 1)
        self.assertRegex(full.stderr, r'last\.pt.*: expected to be written whole, found ')
        self.assertEqual(file_hash(os.path.join(run, 'last.pt')), before, 'the checkpoint is as it was')
        subprocess.run(self.command('full') + ['--resume'], check=True, capture_output=True)
        self.assertEqual(file_hash(os.path.join(run, 'model', 'model.onnx')),
                         file_hash(os.path.join(self.root, 'whole', 'model', 'model.onnx')))

    def test_killed_and_resumed_is_as_never_killed(self):
        begun = time.monotonic()
        subprocess.run(self.command('whole'), check=True, capture_output=True)
        whole_takes = time.monotonic() - begun
        moments = random.Random(5)
        run = os.path.join(self.root, 'killed')
        kills = resumed = 0
        finished = False
        while kills < KILLS:
            self.assertFalse(finished, f'the training was over after {kills} kills: make it longer')
            resume = os.path.exists(os.path.join(run, 'last.pt'))
            resumed += resume
            process = subprocess.Popen(self.command('killed') + (['--resume'] if resume else []),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            try:
                # From before there is a checkpoint to well into the steps.
                time.sleep(moments.uniform(0.05, 0.4 + whole_takes / KILLS))
                finished = process.poll() is not None
                process.kill()
            finally:
                errors = process.communicate()[1]
            if finished:
                self.assertEqual(process.returncode, 0, errors)
            kills += not finished
        self.assertGreater(resumed, KILLS // 2, 'most kills must hit a training that had begun')
        subprocess.run(self.command('killed') + ['--resume'], check=True, capture_output=True)
        whole = os.path.join(self.root, 'whole')
        self.assertEqual(file_hash(os.path.join(run, 'model', 'model.onnx')),
                         file_hash(os.path.join(whole, 'model', 'model.onnx')))
        self.assertEqual(history(run), history(whole))
        with open(os.path.join(run, 'metrics.json')) as mine, open(os.path.join(whole, 'metrics.json')) as theirs:
            self.assertEqual(json.load(mine), json.load(theirs))
        same = subprocess.run([COMPARE, os.path.join(run, 'last.pt'), os.path.join(whole, 'last.pt')],
                              capture_output=True, text=True)
        self.assertEqual(same.returncode, 0, same.stderr)
        self.assertEqual(float(same.stdout), 0, 'weights in the last checkpoint')


if __name__ == '__main__':
    unittest.main(verbosity=2)
