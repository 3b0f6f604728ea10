"""scripts/mlflow brings in ./mlruns, again and again, beside runs that were tracked on its server."""
import os
import subprocess
import sys
import tempfile
import unittest

import mlflow
from mlflow import MlflowClient

from mlflow_server import clean_environment, make_bundle, points, track

SCRIPT = os.environ['CATDOG_MLFLOW_SCRIPT']


class MlflowScriptTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name
        self.store, self.data = self.root + '/mlruns', self.root + '/data'
        self.database = f'sqlite:///{self.data}/mlflow.db'
        self.bundle = make_bundle(self.root + '/bundle', '--size', 16)

    def bring_in(self):
        environment = clean_environment(CATDOG_MLFLOW_DATA=self.data,
                                        CATDOG_MLFLOW_VENV=os.path.dirname(os.path.dirname(sys.executable)))
        done = subprocess.run([SCRIPT, '--import', '--mlruns', self.store], env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def train(self, name, *options):
        return track(f'{self.root}/{name}', '--uri', self.store, '--experiment', 'pets', *options)['run_id']

    def test_what_is_new_comes_in(self):
        model = ('--bundle', self.bundle, '--register', 'pets')
        first = self.train('first', *model, '--accuracy', 0.8)
        self.assertIn('1 new or changed runs', self.bring_in())
        self.assertIn('0 new or changed runs', self.bring_in())
        client = MlflowClient(self.database)
        client.set_tag(first, 'note', 'mine')
        by_hand = client.create_run(client.get_experiment_by_name('pets').experiment_id).info.run_id

        second = self.train('second', *model, '--accuracy', 0.9)
        stopped = self.train('stopped', '--epochs', 2, '--status', 'KILLED')
        self.assertIn('2 new or changed runs', self.bring_in())
        self.assertEqual(self.train('stopped', '--epochs', 4), stopped)
        self.assertIn('1 new or changed runs', self.bring_in())

        experiment = client.get_experiment_by_name('pets').experiment_id
        self.assertEqual({run.info.run_id for run in client.search_runs([experiment])}, {first, second, stopped, by_hand})
        self.assertEqual(client.get_run(first).data.tags['note'], 'mine')
        for run, epochs in ((first, 5), (second, 5), (stopped, 4)):
            self.assertEqual(points(client, run, 'train/loss'), [(epoch, 1 / epoch) for epoch in range(1, epochs + 1)])
            self.assertEqual(client.get_run(run).info.status, 'FINISHED')
            self.assertEqual(client.get_run(run).inputs.dataset_inputs[0].dataset.name, 'pictures')
        self.assertEqual(sorted(int(v.version) for v in client.search_model_versions("name = 'pets'")), [1, 2])
        self.assertEqual(client.get_model_version_by_alias('pets', 'champion').run_id, second)
        mlflow.set_tracking_uri(self.database)
        model = mlflow.pyfunc.load_model('models:/pets@champion')
        self.assertEqual(model.metadata.run_id, second)


if __name__ == '__main__':
    unittest.main(verbosity=2)
