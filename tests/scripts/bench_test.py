"""scripts/bench: engines that answer differently are noticed, and its report tells what is over its budget."""
import contextlib
import io
import json
import math
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
sys.path[:0] = [os.path.join(ROOT, 'scripts'), os.path.join(ROOT, 'tests/bench')]
import bench_folder  # noqa: E402
import bench_network  # noqa: E402
import bench_report  # noqa: E402

PAIR = {'ours': 'core int16', 'theirs': 'onnxruntime-web 1.30.0', 'ours_ms': 2.5, 'theirs_ms': 10, 'ratio': 4}


def engine(name, milliseconds, outputs):
    """One that says the same in each round."""
    line = json.dumps({'ms': milliseconds, 'outputs': outputs})
    found = bench_network.Engine(sys.executable, '-c', f'import sys\nprint({name!r}, flush=True)\n'
                                 f'for _ in sys.stdin: print({line!r}, flush=True)')
    found.ask()
    found.ask()
    found.finish()
    return found


def report(**measured):
    with tempfile.TemporaryDirectory() as folder:
        for name, values in measured.items():
            with open(os.path.join(folder, name + '.json'), 'w', encoding='utf-8') as stream:
                json.dump(values, stream)
        out = os.path.join(folder, 'report')
        sys.argv[1:] = [folder, '--json', out]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            status = bench_report.main()
        with open(out, encoding='utf-8') as stream:
            return status, said.getvalue(), json.load(stream)['rows']


class BenchTest(unittest.TestCase):
    def test_engines_are_compared(self):
        ours = engine('core float32', [90, 2, 4, 3], [[0.25, 0.75, 1]] * 4)
        theirs = engine('other 1', [90, 6, 5, 7], [[0.25, 0.75, 1]] * 3 + [[0.25001, 0.74999, 1]])
        found = bench_network.compare(ours, theirs)
        self.assertEqual((found['ours_ms'], found['theirs_ms'], found['ratio']), (3, 6, 2))
        self.assertAlmostEqual(found['difference'], 1e-5)
        nan = engine('other 2', [1, 2, 3, 4], [[0.25, 0.75, 1]] * 3 + [[float('nan'), 0.75, 1]])
        self.assertTrue(math.isnan(bench_network.compare(ours, nan)['difference']))

    def test_other_answers_are_noticed(self):
        for name, difference, wrong in [('wasm-float32:o', 0.9e-5, 0), ('wasm-float32:o', 2e-5, 1), ('int16:o', 0.019, 0),
                                        ('int16:o', 0.021, 1), ('int16:o', float('nan'), 1)]:
            with self.subTest(f'{name} {difference}'):
                found = list(bench_network.problems({name: {'difference': difference}}))
                self.assertEqual(len(found), wrong, found)

    def test_other_labels_are_noticed(self):
        for differ, wrong in [(0, 0), (4, 0), (5, 1)]:
            found = list(bench_folder.problems({'small': {'photos': 200, 'labels_differ': differ}}))
            self.assertEqual(len(found), wrong, found)

    def test_outputs_of_another_shape(self):
        one = engine('one', [1, 1], [[0.5, 0.5, 1]] * 2)
        for outputs in [[[0.5, 0.5, 1]], [[1]] * 2]:
            with self.assertRaisesRegex(RuntimeError, 'expected outputs of the same shape'):
                bench_network.compare(one, engine('other', [1, 1], outputs))

    def test_engine_that_ends(self):
        with self.assertRaisesRegex(RuntimeError, 'expected a line, found its end'):
            bench_network.Engine(sys.executable, '-c', '')

    def test_rows(self):
        status, _, rows = report(network={'pairs': {'wasm-int16:onnxruntime-web': PAIR}}, memory={'small': 2 ** 25, 'large': 2 ** 26},
                                 folder={'large': {'tool_ms': 20, 'script_ms': 30, 'ratio': 1.5}},
                                 size={'bytes': 7e6, 'script': 80000}, ready={'ready': 400, 'before': 1000},
                                 **{'long-tasks': {'working': 0, 'threshold': 20, 'sort': 40}}, around={'page': 500, 'before': 200})
        self.assertEqual(status, 0)
        self.assertEqual([list(row.values()) for row in rows], [
            ['network in WebAssembly, one thread, int16', '2.50 ms', 'onnxruntime-web 1.30.0: 10.00 ms', '4.00', 'at least 3.5'],
            ['WebAssembly memory of a worker, photos of 500×375', '32 MiB (64 MiB after larger ones)', 'budget: 64 MiB', '2.00',
             'at least 1'],
            ['catdog-classify, whole run, photo of 12 megapixels and more', '20.00 ms',
             'Python with Pillow and onnxruntime: 30.00 ms', '1.50', 'at least 1.5'],
            ['first visit, compressed', '7.0 MB, 80 KB of it scripts', 'budget: 7.2 MB, 100 KB', '1.03', 'at least 1'],
            ['from opening the page to ready', '400 ms', 'the page before: 1000 ms', '2.50', 'at least 2'],
            ['longest task of the main thread, while very many photos come', 'none that counts', 'budget: 50 ms', '1.00',
             'at least 1'],
            ['longest task of the main thread, when a person goes through them', '40 ms', 'budget: 50 ms', '1.00',
             'at least 1'],
            ['page with a network that costs nothing, photos of 500×375', '500 a second', 'the page before: 200 a second',
             '2.50', 'at least 2']])

    def test_over_budget(self):
        for measured in [{'memory': {'small': 65 * 2 ** 20, 'large': 65 * 2 ** 20}}, {'size': {'bytes': 7_300_000, 'script': 1}},
                         {'size': {'bytes': 1e6, 'script': 101_000}}, {'ready': {'ready': 3000}},
                         {'long-tasks': {'working': 0, 'threshold': 225}}]:
            with self.subTest(measured):
                status, said, _ = report(**measured)
                self.assertEqual(status, 1)
                self.assertIn('over its budget', said)


if __name__ == '__main__':
    unittest.main()
