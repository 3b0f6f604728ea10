"""What the tests of command-line tools share: running them, interrupting them, and small pictures."""
import csv
import io
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest


def run(*command, **options):
    """Runs a tool to its end; stdout and stderr as bytes."""
    return subprocess.run([os.fspath(part) for part in command], stdout=options.pop('stdout', subprocess.PIPE),
                          stderr=subprocess.PIPE, timeout=options.pop('timeout', 120), **options)


def last_line(done):
    return done.stderr.decode().strip().splitlines()[-1]


def ppm(width, height, colour):
    """A picture of one colour, or of colour(x, y), as the bytes of a PPM file."""
    paint = colour if callable(colour) else lambda x, y: colour
    pixels = bytes(channel for y in range(height) for x in range(width) for channel in paint(x, y))
    return b'P6\n%d %d\n255\n' % (width, height) + pixels


def striped(seed):
    """For ppm(): stripes whose colours differ clearly from seed to seed."""
    tint = ((seed * 61) % 150, (seed * 97) % 150, (seed * 137) % 150)
    return lambda x, y: (tint[0] + (x * (7 + seed) + y * 3) % 96, tint[1] + (x * 5 + y * 11) % 96, tint[2] + x * y % 96)


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(data)


def edited_bundle(source, folder, edit):
    """Copies a model bundle to `folder`, calls edit(card) on what its model.json says; gives the folder."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
    name = os.path.join(folder, 'model.json')
    with open(name, encoding='utf-8') as file:
        card = json.load(file)
    edit(card)
    with open(name, 'w', encoding='utf-8') as file:
        json.dump(card, file)
    return folder


def rows_of(data):
    """The records of a CSV file with a header, as dictionaries."""
    return list(csv.DictReader(io.StringIO(data.decode(), newline='')))


def as_nobody(tool, folder):
    """How to run a tool without the rights to read everything: its path, and options for run(). For root that is a copy
    of it in `folder`, run as another user, who may enter `folder`."""
    if os.geteuid() != 0:
        return tool, {}
    copy = shutil.copy(tool, folder)
    os.chmod(folder, 0o755)
    return copy, {'user': 65534, 'extra_groups': []}


def interrupt_when(condition, command, seconds=60, **options):
    """Starts a tool, sends it Ctrl-C as soon as `condition()` holds; gives its exit code and how long it went on."""
    process = subprocess.Popen([os.fspath(part) for part in command], stdout=options.pop('stdout', subprocess.DEVNULL),
                               stderr=subprocess.PIPE, **options)
    deadline = time.monotonic() + seconds
    while not condition() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, time.monotonic() - asked, said.decode()


class ScratchCase(unittest.TestCase):
    """Tests with a folder for each, `root`, and one for all, `shared`, which setUpClass makes."""
    @classmethod
    def tearDownClass(cls):
        cls.shared.cleanup()

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def refused(self, done, *texts, code=1):
        """That a tool failed for these reasons, and gave no results."""
        said = done.stderr.decode()
        self.assertEqual(done.returncode, code, said)
        self.assertEqual(done.stdout, b'')
        for text in texts:
            self.assertIn(text, said)
