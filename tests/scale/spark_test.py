"""scripts/spark-classify on a standalone cluster on loopback: what catdog-classify says, also where a worker dies.

CATDOG_SPARK_PHOTOS: how many photos (500).
"""
import glob
import os
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import pyarrow.parquet
import pyspark

from tool_testing import ppm, rows_of, run, striped, write

CLASSIFY, MAKE_BUNDLE, SPARK = (os.environ[name] for name in (
    'CATDOG_CLASSIFY', 'CATDOG_MAKE_TEST_BUNDLE', 'CATDOG_SPARK_CLASSIFY'))
PHOTOS = int(os.environ.get('CATDOG_SPARK_PHOTOS', '500'))
HOME = os.path.dirname(pyspark.__file__)


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


class SparkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.root = cls.scratch.name
        cls.model = cls.at('bundle')
        made = run(MAKE_BUNDLE, cls.model, '--labels', 'Cat,Dog', '--seed', '4')
        assert made.returncode == 0, made.stderr
        for i in range(PHOTOS):
            write(cls.at('photos', f'{i % 7}', f'{i}.ppm'), ppm(16 + i % 9, 20, striped(i % 40)))
        write(cls.at('photos', 'large.ppm'), b'P6\n5000 3400\n255\n' + bytes(3 * 5000 * 3400))  # 51 MB
        write(cls.at('photos', 'broken.jpg'), b'\xff\xd8\xff\xe0 no more')
        write(cls.at('photos', 'empty.jpg'), b'')
        write(cls.at('photos', '=1, "quoted" äö\nname.ppm'), ppm(8, 8, striped(3)))
        write(cls.at('photos', '.hidden.ppm'), ppm(8, 8, striped(3)))
        write(cls.at('photos', 'Thumbs.db'), b'clutter')
        cls.expected = run(CLASSIFY, cls.at('photos'), '--model', cls.model).stdout
        assert len(rows_of(cls.expected)) == PHOTOS + 4
        cls.log = open(cls.at('cluster.log'), 'wb')
        cls.addClassCleanup(cls.log.close)
        port = free_port()
        cls.master = f'spark://127.0.0.1:{port}'
        cls.start('master.Master', '--host', '127.0.0.1', '--port', str(port), '--webui-port', '0')
        cls.workers = [cls.start_worker(i) for i in range(2)]

    @classmethod
    def at(cls, *parts):
        return os.path.join(cls.root, *parts)

    @classmethod
    def start(cls, name, *arguments):
        process = subprocess.Popen([os.path.join(HOME, 'bin', 'spark-class'), 'org.apache.spark.deploy.' + name,
                                    *arguments], stdout=cls.log, stderr=cls.log, start_new_session=True,
                                   env={**os.environ, 'SPARK_LOCAL_IP': '127.0.0.1', 'SPARK_DAEMON_MEMORY': '256m'})
        cls.addClassCleanup(cls.end, process)
        return process

    @classmethod
    def start_worker(cls, number):
        return cls.start('worker.Worker', '--host', '127.0.0.1', '--webui-port', '0', '--cores', '1', '--memory', '1g',
                         '--work-dir', cls.at(f'worker-{number}'), cls.master)

    @staticmethod
    def end(process):
        """Ends a process and what it started, an executor say."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def command(self, out, *options, folder='photos'):
        return [SPARK, self.at(folder), self.at(out), '--master', self.master, '--model', self.model, '--tool',
                options[0] if options else CLASSIFY, '--conf', 'spark.executor.memory=600m', '--conf',
                'spark.sql.files.maxPartitionBytes=100000', '--conf', 'spark.sql.files.openCostInBytes=1000', '--conf',
                'spark.driver.host=127.0.0.1', '--conf', 'spark.driver.bindAddress=127.0.0.1', '--conf',
                'spark.ui.enabled=false', *options[1:]]

    def result(self, out):
        text = b''
        for part in sorted(glob.glob(self.at(out, 'csv', 'part-*'))):
            with open(part, 'rb') as file:
                text += file.read()
        self.assertEqual(sorted(os.listdir(self.at(out))), ['csv', 'parquet'])
        return text

    def test_result_is_the_tool_s(self):
        done = run(*self.command('whole'), timeout=900)
        self.assertEqual(done.returncode, 0, done.stderr.decode()[-3000:])
        self.assertEqual(self.result('whole'), self.expected)
        table = pyarrow.parquet.read_table(self.at('whole', 'parquet')).to_pylist()
        self.assertEqual(len(table), PHOTOS + 4)
        for found, row in zip(sorted(table, key=lambda one: one['path'].encode()), rows_of(self.expected)):
            self.assertEqual(list(found), list(row))
            for column, cell in row.items():
                value = found[column]
                self.assertEqual(value, type(value)(cell) if cell else None if value is None else '', (row, column))
        self.assertIn(f'{PHOTOS + 4:,} files, 2 failed', done.stderr.decode())

    def test_a_worker_that_is_killed_costs_nothing_but_time(self):
        tool = self.at('slow-tool')
        write(tool, f'#!/bin/sh\necho x >>{self.at("tasks")}\nsleep 0.5\nexec {CLASSIFY} "$@"\n'.encode())
        os.chmod(tool, 0o755)
        process = subprocess.Popen(self.command('killed', tool), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 300
        while process.poll() is None and time.monotonic() < deadline:
            if os.path.exists(self.at('tasks')) and os.path.getsize(self.at('tasks')) >= 6:  # three tasks have begun
                break
            time.sleep(0.05)
        self.assertIsNone(process.poll(), 'still at work')
        before = os.path.getsize(self.at('tasks'))
        executors = subprocess.run(['pgrep', '-P', str(self.workers[0].pid)], stdout=subprocess.PIPE, check=False)
        self.end(self.workers[0])
        for executor in executors.stdout.split():
            try:
                os.kill(int(executor), signal.SIGKILL)
            except ProcessLookupError:
                pass
        _, said = process.communicate(timeout=900)
        self.assertEqual(process.returncode, 0, said.decode()[-3000:])
        self.assertGreater(os.path.getsize(self.at('tasks')), before, 'work went on after it')
        self.assertEqual(self.result('killed'), self.expected)

    def test_memory_does_not_grow_with_what_a_task_reads(self):
        """More than an executor's memory in one partition, photos of 51 MB."""
        os.makedirs(self.at('much'))
        for i in range(14):
            os.link(self.at('photos', 'large.ppm'), self.at('much', f'{i:02}.ppm'))
        done = run(*self.command('much-out', CLASSIFY, '--conf', 'spark.sql.files.maxPartitionBytes=4g', '--conf',
                                 'spark.sql.files.minPartitionNum=1', folder='much'), timeout=900)
        self.assertEqual(done.returncode, 0, done.stderr.decode()[-3000:])
        rows = rows_of(self.result('much-out'))
        self.assertEqual([(row['path'], row['width'], row['error']) for row in rows],
                         [(f'much/{i:02}.ppm', '5000', '') for i in range(14)])

    def test_names_that_spark_passes_over_have_a_row(self):
        write(self.at('few', '_DSC1.ppm'), ppm(8, 8, striped(3)))
        write(self.at('few', 'a.ppm'), ppm(8, 8, striped(3)))
        done = run(SPARK, self.at('few'), self.at('few-out'), '--master', 'local[1]', '--model', self.model, '--tool',
                   CLASSIFY, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr.decode()[-3000:])
        rows = rows_of(self.result('few-out'))
        self.assertEqual([row['path'] for row in rows], ['few/_DSC1.ppm', 'few/a.ppm'])
        self.assertIn("begins with '_'", rows[0]['error'])
        self.assertEqual(rows[1]['error'], '')

    def test_what_is_said_of_wrong_places(self):
        for change, text in (((self.at('nowhere'), self.at('x')), 'nowhere: expected a folder of photos'),
                             ((self.at('photos'), self.at('bundle')), 'bundle: expected a new folder')):
            done = run(SPARK, *change, '--master', 'local[1]', '--model', self.model, '--tool', CLASSIFY, timeout=300)
            self.assertEqual(done.returncode, 1)
            self.assertIn(text, done.stderr.decode())


if __name__ == '__main__':
    unittest.main(verbosity=2)
