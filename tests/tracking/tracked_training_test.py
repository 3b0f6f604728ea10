"""Real trainings by catdog-train, tracked on a real MLflow server and without one, read back with MLflow's own client."""
import json
import os
import signal
import subprocess
import tempfile
import unittest

os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'

import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402

from mlflow_server import MLFLOW, Server, clean_environment  # noqa: E402
from training import (SYNC, check_points, check_training, end_of, make_store, run_of, start_training, train,  # noqa: E402
                      wait_for_epochs)


def accuracy_of(out):
    with open(out + '/metrics.json', encoding='utf-8') as file:
        return json.load(file)[0]['accuracy']


class TrackedTrainingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = cls.scratch.name
        cls.store = make_store(cls.root)
        cls.server = Server(cls.root + '/server').start()
        cls.client = MlflowClient(cls.server.uri)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.scratch.cleanup()

    def train(self, name, *options, **more):
        out = f'{self.root}/{name}'
        status, said = train(self.store, out, *options, **more)
        self.assertEqual(status, 0, said)
        return out, said

    def test_on_a_server(self):
        mlflow.set_tracking_uri(self.server.uri)
        out, said = self.train('first', '--tracking-uri', self.server.uri, '--experiment', 'whole', '--register', 'shapes',
                               '--parent', 'a' * 32, epochs=4)
        run = run_of(self.client, 'whole')
        self.assertIn(run.info.run_id, said.strip().splitlines()[-1])  # the last line says where to look
        self.assertEqual(run.data.tags['mlflow.parentRunId'], 'a' * 32)
        check_training(self, self.client, run, self.store, out, 4, self.root, 'shapes')

    def test_without_a_server(self):
        runs = self.root + '/elsewhere/mlruns'
        out, _ = self.train('local', '--tracking-uri', runs, '--experiment', 'local', '--register', 'shapes', epochs=4)
        database = f'sqlite:///{self.root}/migrated.db'
        for uri in (runs, database):
            if uri == database:
                subprocess.run([MLFLOW, 'migrate-filestore', '--source', os.path.dirname(runs), '--target', database],
                               check=True, capture_output=True, env=clean_environment())
            mlflow.set_tracking_uri(uri)
            client = MlflowClient(uri)
            check_training(self, client, run_of(client, 'local'), self.store, out, 4, self.root, 'shapes')

    def test_champion_is_the_best_on_the_same_photos(self):
        best, champion = -1, None
        for version, (seed, epochs) in enumerate(((1, 1), (2, 12), (1, 1)), 1):
            out, said = self.train(f'race-{version}', '--tracking-uri', self.server.uri, '--experiment', 'race', '--register',
                                   'race', '--seed', seed, '--ema-decay', '0.5', epochs=epochs)
            self.assertIn(f'version {version} of race', said)
            if accuracy_of(out) > best:
                best, champion = accuracy_of(out), version
            self.assertEqual(int(self.client.get_model_version_by_alias('race', 'champion').version), champion)
        self.assertNotEqual(champion, 3)  # the third is the first again

    def test_interrupted_run_is_killed_and_goes_on(self):
        for stop in (signal.SIGINT, signal.SIGTERM):
            name = 'stopped-' + stop.name
            options = ('--tracking-uri', self.server.uri, '--experiment', name)
            out = f'{self.root}/{name}'
            training = start_training(self.store, out, *options, epochs=60)
            wait_for_epochs(training, out, 2)
            training.send_signal(stop)
            status, said = end_of(training)
            self.assertEqual(status, 1, said)
            # What the training did not wait for: an interrupt leaves the server little time.
            subprocess.run([SYNC, out], check=True, capture_output=True, env=clean_environment())
            run = run_of(self.client, name)
            self.assertEqual(run.info.status, 'KILLED')
            self.train(name, *options, '--resume', epochs=60)
            self.assertEqual(run_of(self.client, name).info.run_id, run.info.run_id)  # still the only run
            self.assertEqual(run_of(self.client, name).info.status, 'FINISHED')
            check_points(self, self.client, run.info.run_id, out, 60)


if __name__ == '__main__':
    unittest.main(verbosity=2)
