"""scripts/update-readme puts metrics into their blocks, in both languages, and notices others."""
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
PATH = os.path.join(os.path.dirname(__file__), '../../scripts/update-readme')
loader = importlib.machinery.SourceFileLoader('update_readme', PATH)
tool = importlib.util.module_from_spec(importlib.util.spec_from_loader('update_readme', loader))
loader.exec_module(tool)

DOCUMENT = 'before\n<!-- metrics: begin (do not edit) -->\nold\n<!-- metrics: end -->\nafter\n'
SPEEDS = 'before\n<!-- speed: begin -->\nslow\n<!-- speed: end -->\n'
MODEL = {'onnx': {'bytes': 5123456}, 'training': {'network': 'resnet_small', 'parameters': 1234567, 'multiply_adds': 94300000},
         'metrics': [{'test_set': 'held-out photos (split 0a1b)', 'photos': 24510, 'accuracy': 0.96541,
                      'accuracy_interval': [0.95, 0.97], 'log_loss': 0.1},
                     {'test_set': 'original-size photos of the same source, never trained on', 'photos': 1100,
                      'accuracy': 0.5, 'accuracy_interval': [0.4, 0.6], 'log_loss': 0.2}]}
BENCH = {'rows': [
    {'what': 'whole page, photos of 500×375', 'ours': '32.6 a second', 'theirs': 'other: 10.1 a second', 'ratio': '3.23',
     'wanted': 'at least 4'},
    {'what': 'whole page, photos of 500×375', 'ours': '32.6 a second', 'theirs': 'third: 2.0 a second', 'ratio': '16.30',
     'wanted': 'at least 4'},
    {'what': 'memory', 'ours': '33 MiB', 'theirs': 'budget: 64 MiB', 'ratio': '1.92', 'wanted': 'at least 1'}]}


def written():
    return {name: text for name, _, text in tool.blocks(MODEL, BENCH)}


class UpdateReadmeTest(unittest.TestCase):
    def test_metrics_come_from_the_model(self):
        short = written()['README.md']
        self.assertIn('| accuracy, validation photos | 96.54 % (95.00 % to 97.00 %) | 24,510 photos, log-loss 0.1000 |', short)
        self.assertIn('| accuracy, original-size photos | 50.00 % (40.00 % to 60.00 %) | 1,100 photos, log-loss 0.2000 |',
                      short)
        self.assertIn('| network `resnet_small` | 1.2 million parameters, 5.1 MB | 94 million multiply-adds a photo |', short)

    def test_speeds_come_from_the_report(self):
        self.assertIn('| whole page, photos of 500×375 | 32.6 a second | other: 10.1 a second (ratio 3.23); third: 2.0 a second (ratio 16.30) |',
                      written()['README.md'])
        self.assertNotIn('memory', written()['README.md'])
        self.assertEqual(written()['docs/benchmarks.md'],
                         '| what | here | compared with | ratio |\n|---|---|---|---|\n'
                         '| whole page, photos of 500×375 | 32.6 a second | other: 10.1 a second | 3.23 |\n'
                         '| whole page, photos of 500×375 | 32.6 a second | third: 2.0 a second | 16.30 |\n'
                         '| memory | 33 MiB | budget: 64 MiB | 1.92 |')

    def test_spanish(self):
        self.assertEqual(written()['README.es.md'].splitlines(), [
            '| qué | medido | detalles |', '|---|---|---|',
            '| exactitud, fotos de validación | 96.54 % (95.00 % a 97.00 %) | 24\u00a0510 fotos, pérdida logarítmica 0.1000 |',
            '| exactitud, fotos de tamaño original | 50.00 % (40.00 % a 60.00 %) | 1100 fotos, pérdida logarítmica 0.2000 |',
            '| red `resnet_small` | 1.2 millones de parámetros, 5.1 MB | 94 millones de multiplicaciones y sumas por foto |',
            '| página completa, fotos de 500×375 | 32.6 por segundo | other: 10.1 por segundo (razón 3.23); '
            'third: 2.0 por segundo (razón 16.30) |'])

    def test_blocks_are_replaced(self):
        once = tool.with_block(DOCUMENT, 'metrics', 'new')
        self.assertEqual(once, DOCUMENT.replace('old', 'new'))
        self.assertEqual(tool.with_block(once, 'metrics', 'new'), once)
        with self.assertRaisesRegex(ValueError, 'expected one block "speed", found 0'):
            tool.with_block(DOCUMENT, 'speed', 'new')

    def test_other_metrics_are_noticed(self):
        with tempfile.TemporaryDirectory() as root:
            for name, text in (('README.md', DOCUMENT), ('README.es.md', DOCUMENT), ('docs/benchmarks.md', SPEEDS),
                               ('web/public/model/model.json', json.dumps(MODEL)), ('docs/bench.json', json.dumps(BENCH))):
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), 'w', encoding='utf-8') as stream:
                    stream.write(text)
            tool.ROOT = root
            with contextlib.redirect_stdout(io.StringIO()) as said:
                self.assertEqual(tool.main(check=True), 1)
                self.assertEqual(tool.main(check=False), 0)
                self.assertEqual(tool.main(check=True), 0)
                spanish = os.path.join(root, 'README.es.md')
                with open(spanish, encoding='utf-8') as stream:
                    wrong = stream.read().replace('96.54', '99.54')
                with open(spanish, 'w', encoding='utf-8') as stream:
                    stream.write(wrong)
                self.assertEqual(tool.main(check=True), 1)
            self.assertIn('README.md, README.es.md, docs/benchmarks.md: expected', said.getvalue())
            self.assertTrue(said.getvalue().splitlines()[-1].startswith('README.es.md: expected'))


if __name__ == '__main__':
    unittest.main()
