"""The example of docs/tracking.md, compiled as it stands there, does what is said of it."""
import os
import subprocess
import tempfile
import unittest

os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'

from mlflow import MlflowClient  # noqa: E402

from mlflow_server import clean_environment, points  # noqa: E402


class ExampleTest(unittest.TestCase):
    def test_it_tracks(self):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):  # the second time it goes on with the same run, and logs nothing twice
                done = subprocess.run([os.environ['CATDOG_EXAMPLE']], cwd=folder, env=clean_environment(), check=True,
                                      capture_output=True, text=True)
                self.assertEqual(done.stdout.strip(), 'tracked at ' + os.path.realpath(folder) + '/mlruns')
            client = MlflowClient(folder + '/mlruns')
            run, = client.search_runs([client.get_experiment_by_name('parabola').experiment_id])
            self.assertEqual((run.info.status, run.data.params), ('FINISHED', {'lr': '0.1'}))
            found = points(client, run.info.run_id, 'loss')
            self.assertEqual([step for step, _ in found], list(range(20)))
            for step, value in found:
                self.assertAlmostEqual(value, 0.64 ** step)


if __name__ == '__main__':
    unittest.main(verbosity=2)
