"""A training tracked without a server: read back from ./mlruns, and from the database that MLflow makes of it."""
import os
import subprocess
import tempfile
import unittest

os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'

import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402

from mlflow_server import MLFLOW, clean_environment, make_bundle, start_track, result_of, track  # noqa: E402
from run_checks import check_metrics, check_model, check_run  # noqa: E402

SQL_INFINITY = 1.7976931348623157e308  # databases keep infinity as the largest number


class FileStoreTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.root = self.scratch.name
        self.store = self.root + '/mlruns'

    def train(self, bundle):
        result = track(self.root + '/first', '--uri', self.store, '--experiment', "it's: a \"name\" # of 1", '--commit', 'c0ffee',
                       '--parent', 'a' * 32, '--system', 0.2, '--pause', 150, '--bundle', bundle, '--register', 'cats',
                       '--accuracy', 0.91, '--artifact', bundle + '/model.json', 'docs/card.json')
        self.assertEqual((result['unsent'], result['refused']), (0, 0), result)
        return result['run_id']

    def check(self, uri, run_id, bundle, infinity):
        mlflow.set_tracking_uri(uri)
        client = MlflowClient()
        run = client.get_run(run_id)
        self.assertEqual(client.get_experiment(run.info.experiment_id).name, "it's: a \"name\" # of 1")
        self.assertEqual(client.get_experiment(run.info.experiment_id).tags['mlflow.experimentKind'], 'custom_model_development')
        self.assertEqual([found.info.run_id for found in client.search_runs([run.info.experiment_id])], [run_id])
        check_run(self, client, run, infinity)
        check_model(self, client, run, bundle, self.root, 'cats')

    def test_read_and_migrated(self):
        bundle = make_bundle(self.root + '/bundle', '--size', 16)
        run_id = self.train(bundle)
        self.check(self.store, run_id, bundle, float('inf'))
        database = f'sqlite:///{self.root}/mlflow.db'
        subprocess.run([MLFLOW, 'migrate-filestore', '--source', self.root, '--target', database], check=True,
                       capture_output=True, env=clean_environment())
        self.check(database, run_id, bundle, SQL_INFINITY)

    def test_names_with_control_characters(self):
        """Every meta.yaml is read by MLflow, and what MLflow has written of it by us."""
        name = 'odd' + ''.join(map(chr, [*range(1, 0x20), *range(0x7F, 0xA1)])) + '\u2028\u2029\ufeff\U0001f431'
        runs = [track(f'{self.root}/run{i}', '--uri', self.store, '--experiment', name, '--name', name) for i in range(2)]
        mlflow.set_tracking_uri(self.store)
        client = MlflowClient()
        for run in runs:
            self.assertEqual((run['unsent'], run['refused']), (0, 0), run)
        experiment, = (found for found in client.search_experiments() if found.name == name)
        self.assertEqual(client.get_run(runs[0]['run_id']).info.run_name, name)
        client.rename_experiment(experiment.experiment_id, name + '2')  # writes its meta.yaml
        again = track(self.root + '/again', '--uri', self.store, '--experiment', name + '2')
        found = client.search_runs([experiment.experiment_id])
        self.assertEqual({run.info.run_id for run in found}, {run['run_id'] for run in [*runs, again]})

    def test_default_is_mlruns_in_the_working_folder(self):
        here = os.getcwd()
        os.chdir(self.root)
        self.addCleanup(os.chdir, here)
        result = track('run')
        self.assertEqual(result['where'], os.path.realpath(self.store))
        mlflow.set_tracking_uri(self.store)
        run = MlflowClient().get_run(result['run_id'])
        self.assertEqual((run.info.experiment_id, run.info.status), ('0', 'FINISHED'))

    def test_two_trainings_make_one_experiment(self):
        started = [start_track(f'{self.root}/race-{i}', '--uri', self.store, '--experiment', 'race') for i in range(6)]
        runs = {result_of(process)['run_id'] for process in started}
        mlflow.set_tracking_uri(self.store)
        client = MlflowClient()
        self.assertEqual([e.name for e in client.search_experiments()].count('race'), 1)
        experiment = client.get_experiment_by_name('race').experiment_id
        self.assertEqual({run.info.run_id for run in client.search_runs([experiment])}, runs)

    def test_a_torn_line_is_mended(self):
        """Killed while it wrote: half a line in the journal and in a metric, and the note of what was sent is old."""
        folder = self.root + '/torn'
        first = track(folder, '--uri', self.store, '--epochs', 3, '--status', 'KILLED')
        with open(folder + '/tracking-sent.json', encoding='utf-8') as note:
            text = note.read()
        second = track(folder, '--epochs', 5, '--status', 'KILLED')
        with open(folder + '/tracking-sent.json', 'w', encoding='utf-8') as note:
            note.write(text)
        with open(folder + '/tracking.jsonl', 'a', encoding='utf-8') as journal:
            journal.write('{"id":"metrics/half')
        metric = f'{self.store}/0/{first["run_id"]}/metrics/train/loss'
        with open(metric, 'r+', encoding='utf-8') as file:
            file.truncate(os.path.getsize(metric) - 3)
        last = track(folder, '--epochs', 6)
        self.assertEqual({first['run_id'], second['run_id']}, {last['run_id']})
        mlflow.set_tracking_uri(self.store)
        check_metrics(self, MlflowClient(), last['run_id'], float('inf'), epochs=6)


if __name__ == '__main__':
    unittest.main(verbosity=2)
