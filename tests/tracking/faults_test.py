"""What can go wrong between a training and its MLflow server: nothing is lost, nothing doubled, the training goes on."""
import json
import os
import subprocess
import tempfile
import time
import unittest

import mlflow
from mlflow import MlflowClient

from fault_proxy import CUT, HANG, PASS, FaultProxy
from mlflow_server import (Server, epochs_done, epochs_sent, follow, make_bundle, points, result_of, start_track, touch, track,
                           wait_until)

QUICK = {'MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR': '0.1'}
PATIENT = ('--patience', 120, '--finish-timeout', 600)  # for runs whose server takes everything, however slowly
HELD_UP_MS = 10_000  # one call of the training on a busy machine; one that waited for the server would take minutes


def expected_loss(epochs):
    return [(epoch, 1 / epoch) for epoch in range(1, epochs + 1)]


class FaultsTest(unittest.TestCase):
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

    def proxy(self, fault):
        made = FaultProxy(self.server.port, fault)
        self.addCleanup(made.close)
        return made

    def only_run(self, experiment):
        found = self.client.search_runs([self.client.get_experiment_by_name(experiment).experiment_id])
        self.assertEqual(len(found), 1)
        return found[0]

    def test_connections_cut_after_the_server_has_accepted(self):
        """Every request that changes something is cut the first time, its answer lost."""
        seen = set()

        def fault(_, method, path):
            first = (method, path) not in seen
            seen.add((method, path))
            return CUT if method != 'GET' and '/search' not in path and first else PASS

        proxy = self.proxy(fault)
        result = track(self.root + '/cut', '--uri', proxy.uri, '--experiment', 'cut', '--pause', 300, '--bundle', self.bundle,
                       '--register', 'cut', *PATIENT, **QUICK)
        self.assertEqual((result['unsent'], result['refused']), (0, 0), result)
        run = self.only_run('cut')
        self.assertEqual(points(self.client, run.info.run_id, 'train/loss'), expected_loss(5))
        self.assertEqual(len(run.outputs.model_outputs), 1)
        self.assertEqual(len(self.client.search_logged_models([run.info.experiment_id])), 1)
        self.assertEqual(len(self.client.search_model_versions("name = 'cut'")), 1)
        self.assertEqual(len(run.inputs.dataset_inputs), 1)
        cut = [path for _, _, path, _, action in proxy.requests if action == CUT]
        for call in ('runs/create', 'log-batch', 'logged-models', 'runs/outputs', 'model-versions/create', 'log-inputs'):
            self.assertTrue(any(path.endswith(call) for path in cut), f'{call} was not cut')
        # The server takes equal points for one; here it must not have been sent any twice.
        sent = [(m['key'], m['step']) for body in proxy.reached_server('log-batch') for m in json.loads(body).get('metrics', [])]
        self.assertEqual(len(sent), len(set(sent)))
        self.assertEqual(len(proxy.reached_server('runs/create')), 1)

    def test_server_that_asks_for_patience(self):
        """429 and 503, each with Retry-After, once as seconds and once as a date."""
        def date():  # counted from the answer, whenever that is
            return time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(time.time() + 4))

        answers = [lambda: (429, {'Retry-After': '2'}), lambda: (503, {'Retry-After': date()})]
        proxy = self.proxy(lambda number, method, path: answers.pop(0)() if path.endswith('log-batch') and answers else PASS)
        result = track(self.root + '/patience', '--uri', proxy.uri, '--experiment', 'patience', '--pause', 50, *PATIENT, **QUICK)
        self.assertEqual(result['unsent'], 0, result)
        self.assertEqual(points(self.client, result['run_id'], 'train/loss'), expected_loss(5))
        calls = [(at, action) for at, _, path, _, action in proxy.requests if path.endswith('log-batch')]
        self.assertEqual([action[0] for _, action in calls[:2]], [429, 503])
        self.assertGreaterEqual(calls[1][0] - calls[0][0], 2)
        self.assertGreaterEqual(calls[2][0] - calls[1][0], 2)
        self.assertLess(result['longest_call_ms'], HELD_UP_MS)

    def test_server_killed_and_started_again(self):
        server = Server(self.root + '/other').start()
        self.addCleanup(server.stop)
        folder, first, second = (self.root + name for name in ('/killed', '/killed-first', '/killed-second'))
        training = start_track(folder, '--uri', server.uri, '--epochs', 40, '--hold', 10, first, '--hold', 30, second,
                               *PATIENT, **QUICK)
        said = follow(training)
        wait_until(lambda: epochs_sent(folder) == 9)
        server.stop()
        touch(first)
        wait_until(lambda: epochs_done(folder) == 29)  # it goes on without a server
        wait_until(lambda: 'The training goes on' in said.getvalue())
        self.assertEqual(epochs_sent(folder), 9)
        server.start()
        touch(second)
        result = result_of(training, said)
        self.assertEqual(result['unsent'], 0, result)
        self.assertIn('The training goes on', result['said'])
        self.assertIn('answers again', result['said'])
        self.assertLess(result['longest_call_ms'], HELD_UP_MS)
        client = MlflowClient(server.uri)
        self.assertEqual(points(client, result['run_id'], 'train/loss'), expected_loss(40))
        self.assertEqual(client.get_run(result['run_id']).info.status, 'FINISHED')

    def test_what_is_left_is_sent_later(self):
        away = set()
        proxy = self.proxy(lambda number, method, path: (503, {}) if away else PASS)
        away.add('yes')
        result = track(self.root + '/later', '--uri', proxy.uri, '--experiment', 'later', '--patience', 1, '--bundle', self.bundle,
                       '--artifact', self.bundle + '/model.json', 'docs/card.json')
        self.assertEqual(result['unsent'], result['of'])
        self.assertIn('catdog-sync ' + self.root + '/later', result['text'])
        away.clear()
        self.assertEqual(track(self.root + '/later', '--sync')['unsent'], 0)
        run = self.only_run('later')
        self.assertEqual(run.info.status, 'FINISHED')
        self.assertEqual(points(self.client, run.info.run_id, 'train/loss'), expected_loss(5))
        self.assertEqual(sorted(f.path for f in self.client.list_artifacts(run.info.run_id)), ['docs', 'model'])
        self.assertEqual(track(self.root + '/later', '--sync')['unsent'], 0)  # once more does no harm
        self.assertEqual(points(self.client, run.info.run_id, 'train/loss'), expected_loss(5))

    def test_server_that_never_answers(self):
        proxy = self.proxy(lambda number, method, path: HANG)
        # It ends at all: a request would be waited for until the test is taken to hang.
        result = track(self.root + '/hang', '--uri', proxy.uri, '--epochs', 20, '--pause', 50, '--patience', 2,
                       MLFLOW_HTTP_REQUEST_TIMEOUT='10000')
        self.assertEqual(result['unsent'], result['of'])
        self.assertLess(result['longest_call_ms'], HELD_UP_MS)

    def test_nobody_there_and_no_mlflow_there(self):
        nobody = track(self.root + '/nobody', '--uri', 'http://127.0.0.1:1', '--patience', 1)
        self.assertEqual(nobody['unsent'], nobody['of'])
        self.assertIn('http://127.0.0.1:1', nobody['reason'])
        other = self.proxy(lambda number, method, path: (404, {}))
        failed = track(self.root + '/no-mlflow', '--uri', other.uri)
        self.assertEqual(failed['failed'], 1)
        self.assertIn("expected an MLflow server's answer", failed['said'])

    def test_many_trainings_make_one_experiment(self):
        started = [start_track(f'{self.root}/race-{i}', '--uri', self.server.uri, '--experiment', 'race', *PATIENT, **QUICK) for i in range(4)]
        results = [result_of(process) for process in started]
        self.assertEqual([result['unsent'] for result in results], [0] * 4, results)
        experiment = self.client.get_experiment_by_name('race').experiment_id
        found = {run.info.run_id for run in self.client.search_runs([experiment])}
        self.assertEqual(found, {result['run_id'] for result in results})

    def test_password(self):
        server = Server(self.root + '/locked', '--app-name', 'basic-auth', MLFLOW_AUTH_ADMIN_PASSWORD='right password',
                        MLFLOW_FLASK_SERVER_SECRET_KEY='for this test only').start()
        self.addCleanup(server.stop)
        proxy = FaultProxy(server.port)
        self.addCleanup(proxy.close)
        for name, login in (('none', {}), ('wrong', {'MLFLOW_TRACKING_USERNAME': 'admin', 'MLFLOW_TRACKING_PASSWORD': 'wrong'})):
            before = len(proxy.requests)
            failed = track(f'{self.root}/{name}', '--uri', proxy.uri, **login)
            self.assertEqual(failed['failed'], 1)
            self.assertIn('(401): set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD', failed['said'])
            self.assertEqual(len(proxy.requests) - before, 1)  # and was not tried again
        right = {'MLFLOW_TRACKING_USERNAME': 'admin', 'MLFLOW_TRACKING_PASSWORD': 'right password'}
        slow = PATIENT  # checking a password takes MLflow a while
        again = track(self.root + '/wrong', *slow, **right)
        self.assertEqual(again['unsent'], 0, again)  # the same run goes on
        address = server.uri.replace('://', '://admin:right%20password@')
        inside = track(self.root + '/inside', '--uri', address, *slow)
        self.assertEqual(inside['unsent'], 0, inside)
        for file in os.listdir(self.root + '/inside'):
            with open(os.path.join(self.root, 'inside', file), encoding='utf-8') as kept:
                self.assertNotIn('right', kept.read())  # the password is written nowhere

    def test_tls_and_token(self):
        certificate = self.root + '/certificate.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
                        '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', certificate, '-out', self.root + '/only.pem'],
                       check=True, capture_output=True)
        with open(self.root + '/only.pem', encoding='utf-8') as part, open(certificate, 'a', encoding='utf-8') as whole:
            whole.write(part.read())
        proxy = FaultProxy(self.server.port, certificate=certificate)
        self.addCleanup(proxy.close)
        failed = track(self.root + '/distrust', '--uri', proxy.uri)
        self.assertEqual(failed['failed'], 1)
        self.assertIn('certificate', failed['said'])
        self.assertEqual(proxy.requests, [])  # nothing was said to a server that is not trusted
        trusting = {'MLFLOW_TRACKING_SERVER_CERT_PATH': self.root + '/only.pem', 'MLFLOW_TRACKING_TOKEN': 'a-token'}
        trusted = track(self.root + '/trust', '--uri', proxy.uri, '--experiment', 'tls', *PATIENT, **trusting)
        self.assertEqual(trusted['unsent'], 0, trusted)
        self.assertEqual(proxy.logins, {'Bearer a-token'})
        careless = track(self.root + '/careless', '--uri', proxy.uri, *PATIENT, MLFLOW_TRACKING_INSECURE_TLS='true')
        self.assertEqual(careless['unsent'], 0, careless)
        self.assertEqual(points(self.client, trusted['run_id'], 'train/loss'), expected_loss(5))


if __name__ == '__main__':
    unittest.main(verbosity=2)
