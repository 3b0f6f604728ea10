"""A training tracked on a real MLflow server, read back with MLflow's own client."""
import os
import tempfile
import unittest

import mlflow
from mlflow import MlflowClient

from mlflow_server import Server, make_bundle, track
from run_checks import check_model, check_run

SQL_INFINITY = 1.7976931348623157e308  # databases keep infinity as the largest number


class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.root = cls.scratch.name
        cls.server = Server(cls.root + '/server').start()
        cls.bundle = make_bundle(cls.root + '/bundle', '--size', 16)
        mlflow.set_tracking_uri(cls.server.uri)
        cls.client = MlflowClient()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.scratch.cleanup()

    def track(self, name, *options, **environment):
        return track(os.path.join(self.root, name), '--uri', self.server.uri, *options, **environment)

    def test_whole_run(self):
        result = self.track('first', '--experiment', 'whole', '--commit', 'c0ffee', '--parent', 'a' * 32, '--system', 0.2,
                            '--pause', 150, '--bundle', self.bundle, '--register', 'whole', '--accuracy', 0.91,
                            '--artifact', self.bundle + '/model.json', 'docs/card.json')
        self.assertEqual((result['unsent'], result['refused']), (0, 0), result)
        run = self.client.get_run(result['run_id'])
        self.assertEqual(self.client.get_experiment(run.info.experiment_id).name, 'whole')
        self.assertEqual(self.client.get_experiment(run.info.experiment_id).tags['mlflow.experimentKind'], 'custom_model_development')
        check_run(self, self.client, run, SQL_INFINITY)
        check_model(self, self.client, run, self.bundle, self.root, 'whole')
        listed = sorted(file.path for file in self.client.list_artifacts(run.info.run_id))
        self.assertEqual(listed, ['docs', 'model'])
        self.assertFalse(os.path.exists(self.root + '/first/tracking-files'))  # no copies are left
        self.assertIn(run.info.run_id, result['text'])

    def test_long_series_in_batches(self):
        """More metrics than one call may hold."""
        result = self.track('long', '--series', 700, '--epochs', 4)
        self.assertEqual(result['unsent'], 0, result)
        for series in (0, 1, 699):
            points = [(p.step, p.value) for p in self.client.get_metric_history(result['run_id'], f'series/{series}')]
            self.assertEqual(points, [(epoch, epoch + series / 1000) for epoch in range(1, 5)])

    def test_champion_moves_only_to_better_ones(self):
        for number, (accuracy, test_set, champion) in enumerate(
                [(0.9, 'a', 1), (0.8, 'a', 1), (0.9, 'a', 1), (0.95, 'b', 1), (0.91, 'a', 5)], 1):
            result = self.track(f'champion-{number}', '--bundle', self.bundle, '--register', 'race', '--accuracy', accuracy,
                                '--test-set', test_set)
            self.assertEqual((result['unsent'], result['refused']), (0, 0), result)
            self.assertIn(f'version {number} of race', result['said'])
            self.assertEqual(int(self.client.get_model_version_by_alias('race', 'champion').version), champion)

    def test_environment_of_mlflow(self):
        """MLFLOW_TRACKING_URI, _EXPERIMENT_NAME and _RUN_ID, as with MLflow's own client."""
        experiment = self.client.create_experiment('by environment')
        run = self.client.create_run(experiment, run_name='made elsewhere')
        result = track(self.root + '/environment', MLFLOW_TRACKING_URI=self.server.uri, MLFLOW_RUN_ID=run.info.run_id)
        self.assertEqual(result['run_id'], run.info.run_id, result)
        named = track(self.root + '/named', MLFLOW_TRACKING_URI=self.server.uri + '/', MLFLOW_EXPERIMENT_NAME='by environment',
                      MLFLOW_PARENT_RUN_ID=run.info.run_id)
        self.assertEqual(self.client.get_run(named['run_id']).data.tags['mlflow.parentRunId'], run.info.run_id)
        self.assertEqual(self.client.get_run(named['run_id']).info.experiment_id, experiment)
        self.assertEqual(self.client.get_run(run.info.run_id).info.status, 'FINISHED')

    def test_resumed_run_stays_the_same(self):
        first = self.track('resumed', '--epochs', 2, '--status', 'KILLED')
        self.assertEqual(self.client.get_run(first['run_id']).info.status, 'KILLED')
        os.remove(self.root + '/resumed/epoch')  # as if no checkpoint had been written: both epochs are logged again
        second = self.track('resumed', '--epochs', 5)
        self.assertTrue(second['resumed'])
        self.assertEqual(second['run_id'], first['run_id'])
        points = [(p.step, p.value) for p in self.client.get_metric_history(first['run_id'], 'train/loss')]
        self.assertEqual(points, [(epoch, 1 / epoch) for epoch in range(1, 6)])
        self.assertEqual(self.client.get_run(first['run_id']).info.status, 'FINISHED')

    def test_another_address_is_refused(self):
        self.track('bound', '--epochs', 1)
        result = track(self.root + '/bound', '--uri', self.root + '/elsewhere')
        self.assertEqual(result['failed'], 1)
        self.assertIn('expected the address where this run was begun', result['said'])


if __name__ == '__main__':
    unittest.main(verbosity=2)
