"""A real MLflow server for tests: started, killed, started again; and the made-up training (track.cpp)."""
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

TRACK = os.environ['CATDOG_TRACK']
MAKE_BUNDLE = os.environ['CATDOG_MAKE_BUNDLE']
START_SECONDS = 300
HANGING = 600  # seconds: what takes longer never ends
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


def follow(process):
    """What the training says on stderr, as it says it: a StringIO that grows."""
    said = io.StringIO()

    def read():
        for line in process.stderr:
            said.write(line)

    said.reader = threading.Thread(target=read, daemon=True)
    said.reader.start()
    return said


def wait_until(condition):
    """Waits for something that must happen; the limit is only for what never does."""
    end = time.monotonic() + HANGING
    while not condition():
        if time.monotonic() > end:
            raise AssertionError('it does not happen')
        time.sleep(0.05)


def touch(path):
    with open(path, 'w', encoding='utf-8'):
        pass


def epochs_done(folder):
    """How many epochs the training in this folder has noted as done."""
    try:
        with open(folder + '/epoch', encoding='utf-8') as file:
            return int(file.read())
    except FileNotFoundError:
        return 0


def epochs_sent(folder):
    """How many epochs of this training the server has taken."""
    try:
        with open(folder + '/tracking-sent.json', encoding='utf-8') as file:
            sent = json.load(file)['bytes']
    except FileNotFoundError:
        return 0
    with open(folder + '/tracking.jsonl', 'rb') as journal:
        records = [json.loads(line) for line in journal.read(sent).splitlines()]
    return len({record['step'] for record in records if record['type'] == 'metrics'})


def result_of(process, followed=None):
    """What the training said on stdout, and its stderr as 'said'. `followed`: what follow() gave, where it was called."""
    if followed:
        out = process.stdout.read()
        process.wait(HANGING)
        followed.reader.join()
        said = followed.getvalue()
        process.stdout.close()
        process.stderr.close()
    else:
        out, said = process.communicate(timeout=HANGING)
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
