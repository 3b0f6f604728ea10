"""scripts/write-bundle makes bundles that catdog-classify takes, with the predictions that the network gives; and what
docs/model-bundle.md says of limits is what the core says."""
import json
import os
import re
import unittest
from pathlib import Path

from tool_testing import ScratchCase, ppm, run, striped, write

CLASSIFY, MAKE_BUNDLE = os.environ['CATDOG_CLASSIFY'], os.environ['CATDOG_MAKE_TEST_BUNDLE']
REPOSITORY = Path(__file__).parents[2]
WRITE_BUNDLE = REPOSITORY / 'scripts' / 'write-bundle'


class WriteBundleTest(ScratchCase):
    @classmethod
    def tearDownClass(cls):
        pass

    def classify(self, model):
        return run(CLASSIFY, self.path('photos'), '--model', model)

    def test_the_bundle_predicts_as_the_network_does(self):
        for i in range(5):
            write(self.path('photos', f'{i}.ppm'), ppm(50, 40, striped(i)))
        self.assertEqual(run(MAKE_BUNDLE, self.path('made'), '--labels', 'a,b,c', '--size', '24', '--presence').returncode, 0)
        done = run(WRITE_BUNDLE, self.path('made', 'model.onnx'), '--out', self.path('bundle'), '--labels', 'a,b,c',
                   '--size', '24', '--presence-output', 'presence', '--class-activation-output', 'class_activation', '--confidence-threshold', '0', '--licence', 'MIT')
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        expected, found = self.classify(self.path('made')), self.classify(self.path('bundle'))
        self.assertEqual((found.returncode, found.stdout), (0, expected.stdout), found.stderr)
        self.assertEqual(len(found.stdout.splitlines()), 6)

    def test_what_the_card_says_wrong_is_found(self):
        write(self.path('photos', 'a.ppm'), ppm(5, 5, (1, 2, 3)))
        self.assertEqual(run(MAKE_BUNDLE, self.path('made')).returncode, 0)
        done = run(WRITE_BUNDLE, self.path('made', 'model.onnx'), '--out', self.path('bundle'), '--labels', 'a,b,c',
                   '--size', '32')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('expected N×3, found N×2', self.classify(self.path('bundle')).stderr.decode())

    def test_what_cannot_be_done_is_said(self):
        some = ['--labels', 'a', '--size', '1']
        done = run(WRITE_BUNDLE, self.path('nowhere.onnx'), '--out', self.path('b'), *some)
        self.assertEqual((done.returncode, done.stdout), (1, b''))
        self.assertIn('nowhere.onnx', done.stderr.decode())
        write(self.path('full', 'letter.txt'), b'dear')
        write(self.path('n.onnx'), b'x')
        done = run(WRITE_BUNDLE, self.path('n.onnx'), '--out', self.path('full'), *some)
        self.assertIn('expected a new or empty folder', done.stderr.decode())
        self.assertEqual(os.listdir(self.path('full')), ['letter.txt'])
        for wrong in ([], ['x.onnx'], ['x.onnx', '--out', 'b', *some, '--confidence-threshold', '2'],
                      ['x.onnx', '--out', 'b', *some, '--bogus']):
            self.assertEqual(run(WRITE_BUNDLE, *wrong, cwd=self.root).returncode, 2, wrong)

    def test_the_example_of_the_description_is_a_sound_card(self):
        text = (REPOSITORY / 'docs' / 'model-bundle.md').read_text(encoding='utf-8')
        card = json.loads(re.search(r'```json\n(.*?)```', text, re.DOTALL)[1])
        self.assertEqual(run(MAKE_BUNDLE, self.path('made'), '--presence', '--size', '24').returncode, 0)
        with open(self.path('made', 'model.json'), encoding='utf-8') as file:
            made = json.load(file)
        for key in ('input', 'output', 'presence', 'class_activation', 'onnx'):  # this network's own
            card[key] = made[key]
        with open(self.path('made', 'model.json'), 'w', encoding='utf-8') as file:
            json.dump(card, file)
        write(self.path('photos', 'a.ppm'), ppm(5, 5, (1, 2, 3)))
        done = self.classify(self.path('made'))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_limits_of_the_description_are_the_core_s(self):
        text = (REPOSITORY / 'docs' / 'model-bundle.md').read_text(encoding='utf-8')
        header = (REPOSITORY / 'shared/include/catdog/model/card.h').read_text(encoding='utf-8')

        def constant(name):
            return re.search(rf'{name} = ([^;]+);', header)[1]
        self.assertEqual((constant('kMaxCardBytes'), constant('kMaxCardDepth')), ('std::size_t{1} << 20', '32'))
        for words in ('1 MiB', '32 levels', f"1 to {int(constant('kMaxLabels').replace(chr(39), '')):,} labels",
                      f"1 to {constant('kMaxLabelBytes')} bytes", f"1 to {constant('kMaxInputSize')} pixels"):
            self.assertIn(words, text)


if __name__ == '__main__':
    unittest.main(verbosity=2)
