"""A real MLflow server for tests: started, killed, started again; and the made-up training (track.cpp)."""
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

TRACK = os.environ['CATDOG_TRACK']
MAKE_BUNDLE = os.environ['CATDOG_MAKE_BUNDLE']
START_SECONDS = 180
MLFLOW = os.path.join(os.path.dirname(sys.executable), 'mlflow')
# What would send a test elsewhere, or make it wait.
OURS = ('MLFLOW_TRACKING_', 'MLFLOW_EXPERIMENT_', 'MLFLOW_RUN_ID', 'MLFLOW_PARENT_RUN_ID', 'MLFLOW_HTTP_', 'CATDOG_TRACKING_',
        'http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY')


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def clean_environment(**added):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, **added}


def wait_for_server(process, uri):
    end = time.time() + START_SECONDS
    while time.time() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(uri + '/health', timeout=5):
                return
        except urllib.error.HTTPError as answer:
            if answer.code in (401, 403):
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f'{uri} does not answer')


class Server:
    """MLflow on SQLite in `folder`, on a port of its own that it keeps."""

    def __init__(self, folder, *options, **environment):
        self.folder, self.options, self.environment = folder, options, environment
        self.port = free_port()
        self.uri = f'http://127.0.0.1:{self.port}'
        self.database = f'sqlite:///{folder}/mlflow.db'
        self.process = None

    def start(self, wait=True):
        os.makedirs(self.folder, exist_ok=True)
        self.log = open(os.path.join(self.folder, 'server.log'), 'a', encoding='utf-8')
        self.process = subprocess.Popen(
            [MLFLOW, 'server', '--backend-store-uri', self.database, '--artifacts-destination', f'{self.folder}/artifacts',
             '--host', '127.0.0.1', '--port', str(self.port), '--workers', '1', *self.options],
            stdout=self.log, stderr=self.log, env=clean_environment(**self.environment), cwd=self.folder,
            start_new_session=True)
        if wait:
            self.wait()
        return self

    def wait(self):
        try:
            wait_for_server(self.process, self.uri)
        except RuntimeError as problem:
            with open(self.log.name, encoding='utf-8') as log:
                raise RuntimeError('MLflow does not start:\n' + log.read()[-3000:]) from problem

    def stop(self, how=signal.SIGKILL):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(30)
        self.log.close()


def start_track(folder, *options, **environment):
    return subprocess.Popen([TRACK, folder, *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=clean_environment(**environment))


def result_of(process):
    """What the training said on stdout, and its stderr as 'said'."""
    out, said = process.communicate(timeout=240)
    if process.returncode != 0:
        return {'failed': process.returncode, 'said': said}
    return {**json.loads(out), 'said': said}


def track(folder, *options, **environment):
    return result_of(start_track(folder, *options, **environment))


def make_bundle(folder, *options):
    subprocess.run([MAKE_BUNDLE, folder, *map(str, options)], check=True)
    return folder


def points(client, run_id, key):
    """Every point of a metric, in the order in which the server has them."""
    return [(point.step, point.value) for point in client.get_metric_history(run_id, key)]
