"""A training killed at random moments and started again: its MLflow run has every point once, on a server and in a folder."""
import os
import random
import tempfile
import unittest

os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'

from mlflow import MlflowClient  # noqa: E402

from mlflow_server import Server, points, result_of, start_track, wait_until  # noqa: E402

KILLS, EPOCHS = 20, 300  # more than are done between the kills, mostly: a training that has ended cannot be killed


def journal_size(folder):
    journal = folder + '/run/tracking.jsonl'
    return os.path.getsize(journal) if os.path.exists(journal) else 0


class KillTest(unittest.TestCase):
    def kill_again_and_again(self, uri, seed):
        moments = random.Random(seed)
        with tempfile.TemporaryDirectory() as folder:
            options = ('--uri', uri, '--epochs', EPOCHS, '--pause', 20, '--system', 0.05, '--patience', 120, '--finish-timeout', 600)
            kills = 0
            while kills < KILLS:
                training = start_track(folder + '/run', *options)
                wanted = journal_size(folder) + moments.randrange(4000)  # bytes: about 12 epochs
                wait_until(lambda: journal_size(folder) > wanted or training.poll() is not None)
                kills += training.poll() is None
                training.kill()
                training.communicate()
            result = result_of(start_track(folder + '/run', *options))
            self.assertEqual((result['unsent'], result['refused']), (0, 0), result)
        client = MlflowClient(uri)
        run = client.get_run(result['run_id'])
        self.assertEqual([found.info.run_id for found in client.search_runs([run.info.experiment_id])], [result['run_id']])
        self.assertEqual(points(client, result['run_id'], 'train/loss'), [(epoch, 1 / epoch) for epoch in range(1, EPOCHS + 1)])
        load = points(client, result['run_id'], 'system/cpu_utilization_percentage')
        self.assertEqual(len({step for step, _ in load}), len(load))
        self.assertEqual(run.info.status, 'FINISHED')

    def test_on_a_server(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(folder).start()
            try:
                self.kill_again_and_again(server.uri, 1)
            finally:
                server.stop()

    def test_in_a_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            self.kill_again_and_again(folder + '/mlruns', 2)


if __name__ == '__main__':
    unittest.main(verbosity=2)
