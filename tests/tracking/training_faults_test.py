"""What can go wrong between catdog-train and its MLflow server: nothing is lost, nothing doubled, the training goes on."""
import json
import os
import subprocess
import tempfile
import unittest

from mlflow import MlflowClient

from fault_proxy import CUT, HANG, PASS, FaultProxy
from mlflow_server import Server, clean_environment
from training import SYNC, check_points, end_of, history, make_store, run_of, start_training, train, wait_for_epochs


class TrainingFaultsTest(unittest.TestCase):
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

    def proxy(self, fault):
        made = FaultProxy(self.server.port, fault)
        self.addCleanup(made.close)
        return made

    def sync(self, out, *options):
        done = subprocess.run([SYNC, out, *options], capture_output=True, text=True, env=clean_environment(),
                              timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)

    def check(self, experiment, out, epochs):
        """One finished run, with everything once."""
        run = run_of(self.client, experiment)
        self.assertEqual(run.info.status, 'FINISHED')
        check_points(self, self.client, run.info.run_id, out, epochs)
        self.assertEqual(len(run.outputs.model_outputs), 1)
        self.assertEqual(len(run.inputs.dataset_inputs), 1)

    def test_server_killed_and_started_again(self):
        out = self.root + '/killed'
        training = start_training(self.store, out, '--tracking-uri', self.server.uri, '--experiment', 'killed', epochs=60)
        wait_for_epochs(training, out, 3)
        self.server.stop()
        try:
            wait_for_epochs(training, out, len(history(out)) + 3)  # it goes on without a server
        finally:
            self.server.start()
        status, said = end_of(training)
        self.assertEqual(status, 0, said)
        self.sync(out)  # what the training may not have waited for
        self.check('killed', out, 60)

    def test_cutting_and_impatient_proxy(self):
        """429 and 503 with Retry-After, and every request that changes something cut once after the server took it."""
        answers = [(429, {'Retry-After': '1'}), (503, {'Retry-After': '1'})]
        seen = set()

        def fault(_, method, path):
            if path.endswith('log-batch') and answers:
                return answers.pop(0)
            first = (method, path) not in seen
            seen.add((method, path))
            return CUT if method != 'GET' and '/search' not in path and first else PASS

        proxy = self.proxy(fault)
        out = self.root + '/cut'
        status, said = train(self.store, out, '--tracking-uri', proxy.uri, '--experiment', 'cut', '--register', 'cut', epochs=5)
        self.assertEqual(status, 0, said)
        self.sync(out)
        self.assertFalse(answers)
        self.check('cut', out, 5)
        self.assertEqual(len(self.client.search_model_versions("name = 'cut'")), 1)
        sent = [(m['key'], m['step']) for body in proxy.reached_server('log-batch') for m in json.loads(body).get('metrics', [])]
        self.assertEqual(len(sent), len(set(sent)))
        self.assertEqual(len(proxy.reached_server('runs/create')), 1)

    def test_server_that_never_answers(self):
        proxy = self.proxy(lambda number, method, path: HANG)
        out = self.root + '/silent'
        status, said = train(self.store, out, '--tracking-uri', proxy.uri, '--experiment', 'silent', epochs=3)
        self.assertEqual(status, 0, said)
        self.assertIn('catdog-sync ' + out, said.strip().splitlines()[-1])
        self.sync(out, '--tracking-uri', self.server.uri)
        self.check('silent', out, 3)

    def test_wrong_password_ends_it_before_it_begins(self):
        proxy = self.proxy(lambda number, method, path: (401, {}))
        out = self.root + '/locked'
        status, said = train(self.store, out, '--tracking-uri', proxy.uri, MLFLOW_TRACKING_USERNAME='me',
                             MLFLOW_TRACKING_PASSWORD='wrong')
        self.assertEqual(status, 1)
        self.assertIn('MLFLOW_TRACKING_PASSWORD', said)
        self.assertFalse(os.path.exists(out + '/last.pt'))

    def test_two_trainings_make_one_experiment(self):
        outs = [f'{self.root}/race-{i}' for i in range(2)]
        started = [start_training(self.store, out, '--tracking-uri', self.server.uri, '--experiment', 'race', epochs=2)
                   for out in outs]
        for process in started:
            status, said = end_of(process)
            self.assertEqual(status, 0, said)
        runs = self.client.search_runs([self.client.get_experiment_by_name('race').experiment_id])
        self.assertEqual(sorted(run.info.run_name for run in runs), ['race-0', 'race-1'])
        for run in runs:
            check_points(self, self.client, run.info.run_id, f'{self.root}/{run.info.run_name}', 2)


if __name__ == '__main__':
    unittest.main(verbosity=2)
