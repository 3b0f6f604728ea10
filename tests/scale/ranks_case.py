"""What the tests of catdog-train in several processes share: drawn photos, starting ranks, waiting for them, comparing."""
import csv
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from drawn_classes import CLASSES, write_picture

FEATURES, TRAIN, COMPARE = (os.environ[name] for name in (
    'CATDOG_FEATURES', 'CATDOG_TRAIN', 'CATDOG_COMPARE_CHECKPOINTS'))
TIMEOUT = 20  # seconds, --rank-timeout
MOST = TIMEOUT + 15 + 60  # until all have ended, on a slow machine


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


class Place:
    """Where ranks run: each is started with a command put before it; rank 0 is found at an address."""
    def __init__(self, address='127.0.0.1', interface='lo', before=((),)):
        self.address, self.interface, self.before = address, interface, before


class RanksCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.root = cls.scratch.name
        cls.features = cls.make_features('features', {name: kind for kind, name in enumerate(CLASSES)}, 36)

    @classmethod
    def at(cls, *parts):
        return os.path.join(cls.root, *parts)

    @classmethod
    def make_features(cls, name, folders, count, *options):
        """A feature store of drawn photos: `folders` says which kind of picture lies in each."""
        rng = random.Random(4)
        for folder, kind in folders.items():
            os.makedirs(cls.at('data-' + name, folder))
            for i in range(count):
                write_picture(cls.at('data-' + name, folder, f'{i}.ppm'), kind, rng)
        subprocess.run([FEATURES, '--data', cls.at('data-' + name), '--out', cls.at(name), '--size', '32', *options],
                       check=True, stderr=subprocess.DEVNULL)
        return cls.at(name)

    def start(self, name, ranks, *options, features=None, epochs=4, batch=17, place=Place()):
        """`ranks` processes of one training; 1: a process that knows nothing of ranks."""
        port, processes = str(free_port()), []
        for rank in range(ranks):
            environment = {**os.environ, 'MLFLOW_TRACKING_URI': self.at('mlruns-' + name)}
            if ranks > 1:
                environment.update(RANK=str(rank), WORLD_SIZE=str(ranks), LOCAL_RANK=str(rank), MASTER_PORT=port,
                                   MASTER_ADDR=place.address, GLOO_SOCKET_IFNAME=place.interface)
            process = subprocess.Popen(
                [*place.before[rank % len(place.before)], TRAIN, '--features', features or self.features, '--out',
                 self.at(name), '--epochs', str(epochs), '--batch-size', str(batch), '--threads', '1', '--rank-timeout',
                 str(TIMEOUT), *options], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            self.addCleanup(self.end, process)
            processes.append(process)
        return processes

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    @staticmethod
    def finish(processes, seconds=600):
        """The exit codes and last words of all."""
        deadline = time.monotonic() + seconds
        return [(process.communicate(timeout=max(1, deadline - time.monotonic()))[1], process.returncode)[::-1]
                for process in processes]

    def train(self, name, ranks, *options, **more):
        done = self.finish(self.start(name, ranks, *options, **more))
        self.assertEqual([code for code, _ in done], [0] * ranks, done)

    def history(self, name):
        with open(self.at(name, 'epochs.csv'), newline='', encoding='utf-8') as file:
            return list(csv.DictReader(file))

    def difference(self, one, other):
        """Between the weights in two checkpoints, which must be whole: the mean of the layer that differs most."""
        done = subprocess.run([COMPARE, self.at(one, 'last.pt'), self.at(other, 'last.pt')], stdout=subprocess.PIPE,
                              check=True, text=True)
        return float(done.stdout)

    def assert_alike(self, one, other, tolerance=1e-4):
        """The trainings ended with the same weights and went through the same figures."""
        self.assertLess(self.difference(one, other), tolerance, (one, other))
        left, right = self.history(one), self.history(other)
        self.assertEqual(len(left), len(right))
        for alone, together in zip(left, right):
            for figure in ('train_loss', 'validation_loss'):
                self.assertAlmostEqual(float(alone[figure]), float(together[figure]), delta=1e-3)
            self.assertEqual(alone['validation_accuracy'], together['validation_accuracy'])

    def wait_for_checkpoint(self, name, processes):
        deadline = time.monotonic() + 200
        while not os.path.exists(self.at(name, 'last.pt')) and time.monotonic() < deadline:
            self.assertIsNone(processes[0].poll(), 'at work')
            time.sleep(0.02)

    def lose(self, name, processes, rank, how):
        """Waits for a checkpoint, sends rank `rank` the signal `how`; the others must end in time, naming it."""
        self.wait_for_checkpoint(name, processes)
        self.assertIsNone(processes[rank].poll(), 'at work')
        processes[rank].send_signal(how)
        others = [process for i, process in enumerate(processes) if i != rank]
        for code, said in self.finish(others, MOST):  # fails where it takes longer
            self.assertEqual(code, 1, said)
            self.assertIn(f'found no answer of rank {rank} (', said, 'all name the one that was lost')
            self.assertIn('--resume', said)
        processes[rank].send_signal(signal.SIGKILL)
        processes[rank].wait()
