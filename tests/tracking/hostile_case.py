"""What the tests against a hostile server share."""
import os
import subprocess
import tempfile
import time
import unittest

from hostile_server import HostileServer
from mlflow_server import clean_environment, track

# Seconds. What must end has limits of a few seconds here; what does not would take minutes, or never end.
SOON = 60
LONG = {'MLFLOW_HTTP_REQUEST_TIMEOUT': '1000', 'MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR': '0.01'}
MEMORY_KB = 400 * 1024


class HostileCase(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.root = self.scratch.name
        self.folder = self.root + '/run'

    def server(self, answers=None, **options):
        made = HostileServer(answers, **options)
        self.addCleanup(made.close)
        return made

    def track(self, server, *options, **environment):
        """Tracks a run and sees that it ends soon and stays small."""
        start = time.monotonic()
        result = track(self.folder, '--uri', server.uri, *options, **{**LONG, **environment})
        self.assertLess(time.monotonic() - start, SOON, result)
        return result

    def refused(self, answers, expected):
        """No training begins, with a reason that says what was expected; it takes little memory and time."""
        server = self.server(answers)
        start = time.monotonic()
        process = subprocess.Popen(['/bin/sh', '-c', f'ulimit -v {4 * MEMORY_KB}; exec "$@"', 'sh', os.environ['CATDOG_TRACK'],
                                    self.folder, '--uri', server.uri, '--patience', '20'], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, env=clean_environment(**LONG))
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        self.assertEqual(process.returncode, 1, said)
        self.assertIn(expected, said)
        self.assertNotIn('json.exception', said)
        self.assertLess(len(said), 4000)
        self.assertLess(time.monotonic() - start, SOON)
        self.assertLess(usage.ru_maxrss, MEMORY_KB)
        self.folder += 'x'
        return said
