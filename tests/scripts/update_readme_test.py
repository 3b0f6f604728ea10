"""scripts/update-readme puts figures into their blocks, and notices others."""
import importlib.machinery
import importlib.util
import os
import sys
import unittest

sys.dont_write_bytecode = True
PATH = os.path.join(os.path.dirname(__file__), '../../scripts/update-readme')
loader = importlib.machinery.SourceFileLoader('update_readme', PATH)
tool = importlib.util.module_from_spec(importlib.util.spec_from_loader('update_readme', loader))
loader.exec_module(tool)

README = 'before\n<!-- figures: begin (do not edit) -->\nold\n<!-- figures: end -->\nafter\n'
MODEL = {'onnx': {'bytes': 5123456}, 'training': {'network': 'resnet_small', 'parameters': 1234567, 'multiply_adds': 94300000},
         'metrics': [{'test_set': 'held back', 'photos': 4510, 'accuracy': 0.96541, 'accuracy_interval': [0.95, 0.97],
                      'f1': 0.9654, 'roc_auc': 0.99, 'log_loss': 0.1}]}


class UpdateReadmeTest(unittest.TestCase):
    def test_figures_come_from_the_model(self):
        readme = tool.updated(README, MODEL, None)
        self.assertIn('| 4,510: held back | 96.54 % (95.00 % to 97.00 %) | 0.9654 | 0.9900 | 0.1000 |', readme)
        self.assertIn('1,234,567 parameters, 94 million multiply-adds for a photo, 5.1 MB', readme)
        self.assertNotIn('old', readme)
        self.assertTrue(readme.startswith('before\n') and readme.endswith('after\n'))

    def test_speeds_come_from_the_report(self):
        rows = [{'what': 'network', 'ours': '2.50 ms', 'theirs': 'cv::dnn: 5.00 ms', 'ratio': '2.00', 'wanted': 'at least 2'},
                {'what': 'memory', 'ours': '33 MiB', 'theirs': 'budget: 64 MiB', 'ratio': '1.92', 'wanted': 'at least 1'}]
        readme = tool.updated(README + '<!-- speed: begin -->\nslow\n<!-- speed: end -->\n', MODEL, {'rows': rows})
        self.assertIn('| network | 2.50 ms | cv::dnn: 5.00 ms | 2.00 | at least 2 |\n'
                      '| memory | 33 MiB | budget: 64 MiB | 1.92 | at least 1 |\n<!-- speed: end -->', readme)
        self.assertNotIn('slow', readme)

    def test_twice_is_once(self):
        once = tool.updated(README, MODEL, None)
        self.assertEqual(tool.updated(once, MODEL, None), once)

    def test_other_figures_are_noticed(self):
        other = tool.updated(README, MODEL, None).replace('96.54', '99.54')
        self.assertNotEqual(tool.updated(other, MODEL, None), other)

    def test_readme_without_the_block(self):
        with self.assertRaisesRegex(ValueError, 'expected one block "figures", found 0'):
            tool.updated('nothing', MODEL, None)


if __name__ == '__main__':
    unittest.main()
