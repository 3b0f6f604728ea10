"""catdog-classify refuses model bundles that do not fit, and says which part."""
import hashlib
import os
import tempfile
import unittest

from tool_testing import edited_bundle, ppm, rows_of, run, write

CLASSIFY, MAKE_BUNDLE = os.environ['CATDOG_CLASSIFY'], os.environ['CATDOG_MAKE_TEST_BUNDLE']


class ClassifyBundlesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name
        self.model = self.path('sound')
        self.assertEqual(run(MAKE_BUNDLE, self.model, '--labels', 'Cat,Dog,Fish').returncode, 0)
        write(self.path('a.ppm'), ppm(8, 8, (1, 2, 3)))

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def edited(self, edit):
        return edited_bundle(self.model, tempfile.mkdtemp(dir=self.root), edit)

    def refused(self, model, *texts):
        done = run(CLASSIFY, self.path('a.ppm'), '--model', model, '--out', self.path('p.csv'))
        said = done.stderr.decode()
        self.assertEqual(done.returncode, 1, said)
        self.assertFalse(os.path.exists(self.path('p.csv')))
        for text in texts:
            self.assertIn(text, said)

    def test_a_sound_bundle_is_taken(self):
        model = self.edited(lambda card: card.update(remark='more is fine'))
        done = run(CLASSIFY, self.path('a.ppm'), '--model', model)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_bundles_whose_card_does_not_fit(self):
        cases = [
            (lambda card: card.update(format=2), 'model.json: format: expected 1, found 2'),
            (lambda card: card.pop('format'), 'model.json: format: expected a value, found none'),
            (lambda card: card.update(labels=[]), 'model.json: labels: expected a list of labels'),
            (lambda card: card.update(labels=['Cat', 'Dog', 'Cat']), 'none empty or twice, found ["Cat","Dog","Cat"]'),
            (lambda card: card.update(labels=['Cat', 'Dog', '']), 'model.json: labels: '),
            (lambda card: card.update(labels=['Cat', 'Dog', 3]), 'model.json: labels: '),
            (lambda card: card.update(labels='Cat'), 'model.json: labels: '),
            (lambda card: card['input'].update(size=0), 'model.json: input.size: expected 1 to 4096 pixels, found 0'),
            (lambda card: card['input'].update(size=32.5), 'input.size: expected a whole number, found 32.5'),
            (lambda card: card['input'].update(size=10**12), 'input.size: '),
            (lambda card: card.update(input=3), 'model.json: input: expected an object, found 3'),
            (lambda card: card['input'].pop('name'), 'model.json: input.name: expected a value, found none'),
            (lambda card: card.pop('output'), 'model.json: output: '),
            (lambda card: card.update(preprocessing_version=99), 'preprocessing_version: expected 1, found 99'),
            (lambda card: card['thresholds'].update(confidence=1.5), 'thresholds.confidence: expected a number from 0'),
            (lambda card: card['thresholds'].update(confidence='high'), 'thresholds.confidence: '),
            (lambda card: card['onnx'].update(file='../model.onnx'), 'onnx.file: expected the name of a file'),
            (lambda card: card['onnx'].update(file='other.onnx'), 'other.onnx: expected a readable file'),
            (lambda card: card['onnx'].update(bytes=7), 'model.onnx: size: expected 7 bytes, as model.json says'),
            (lambda card: card['onnx'].update(sha256='0' * 64), 'model.onnx: SHA-256: expected 000'),
            (lambda card: card['onnx'].pop('sha256'), 'onnx.sha256: '),
            # The network itself says otherwise.
            (lambda card: card['input'].update(name='image'),
             "model.onnx: input: expected only 'image', found 'photo'"),
            (lambda card: card['input'].update(size=48),
             'model.onnx: input: expected N×3×48×48, found N×3×32×32'),
            (lambda card: card['output'].update(name='scores'), "expected only 'scores', found 'probabilities'"),
            (lambda card: card.update(labels=['Cat', 'Dog']),
             'model.onnx: output (one number for each label): expected N×2, found N×3'),
        ]
        for edit, text in cases:
            with self.subTest(text):
                self.refused(self.edited(edit), text)

    def test_bundles_that_are_no_bundles(self):
        self.refused(self.path('nowhere'), 'nowhere: expected a model bundle')
        self.refused(CLASSIFY, 'expected a model bundle', 'found a file')
        os.mkdir(self.path('bare'))
        self.refused(self.path('bare'), 'model.json: expected a readable file')
        for text in (b'', b'{', b'[]', b'\xff\xfe'):
            write(self.path('bare', 'model.json'), text)
            self.refused(self.path('bare'), 'model.json: expected a JSON object')

    def test_networks_that_do_not_fit(self):
        for flag, text in (('--fixed-batch', 'input: expected N×3×32×32, found 1×3×32×32'),
                           ('--no-softmax', 'model.onnx: expected probabilities ')):
            self.assertEqual(run(MAKE_BUNDLE, self.path('bundle'), flag).returncode, 0)
            self.refused(self.path('bundle'), text)

    def test_outputs_that_are_no_probabilities_are_errors(self):
        """Of every photo, not only of the trial: a confident row of nonsense would look like any other."""
        for name, colour in (('grey', (120, 120, 120)), ('white', (255, 255, 255)), ('black', (0, 0, 0))):
            write(self.path('photos', f'{name}.ppm'), ppm(40, 30, colour))
        for flag, text in (('--nan-for-white', 'expected probabilities from 0 to 1 from the network, found NaN'),
                           ('--sum-for-white', 'expected probabilities that add up to 1 from the network (softmax inside), found 1.4')):
            with self.subTest(flag):
                self.assertEqual(run(MAKE_BUNDLE, self.path('bundle'), flag).returncode, 0)
                done = run(CLASSIFY, self.path('photos'), '--model', self.path('bundle'))
                self.assertEqual(done.returncode, 0, done.stderr)
                black, grey, white = rows_of(done.stdout)
                for row in (black, grey):
                    self.assertEqual((row['error'], row['width']), ('', '40'))
                self.assertTrue(white['error'].startswith(text), white)
                self.assertEqual({white[cell] for cell in white if cell not in ('path', 'error')}, {''})
                self.assertIn('1 failed', done.stderr.decode())

    def test_labels_and_hashes(self):
        label = 'model.json: labels[1]: expected a label '
        for labels, text in ((['a', 'none'], label + 'other than the decisions'),
                             (['a', 'uncertain'], label + 'other than the decisions'),
                             (['a', 'b\x1b[31m'], label + 'of 1 to 200 bytes of UTF-8 without control characters'),
                             (['a', 'x' * 200_000], label + 'of 1 to 200 bytes')):
            self.refused(self.edited(lambda card, labels=labels: card.update(labels=labels)), text)
        self.refused(self.edited(lambda card: card['onnx'].update(sha256='xyz')), 'expected 64 hexadecimal digits')
        self.refused(self.edited(lambda card: card.update(remark='x' * 2**20)),
                     'model.json: expected at most 1048576 bytes, found 10')
        upper = self.edited(lambda card: card['onnx'].update(sha256=card['onnx']['sha256'].upper()))
        self.assertEqual(run(CLASSIFY, self.path('a.ppm'), '--model', upper).returncode, 0)

    def test_half_precision_gives_nearly_the_same(self):
        found = {}
        for flag in ([], ['--half']):
            self.assertEqual(run(MAKE_BUNDLE, self.path('bundle'), *flag).returncode, 0)
            done = run(CLASSIFY, self.path('a.ppm'), '--model', self.path('bundle'))
            self.assertEqual(done.returncode, 0, done.stderr)
            found[bool(flag)] = float(done.stdout.decode().splitlines()[1].split(',')[3])
        self.assertAlmostEqual(found[True], found[False], delta=0.02)

    def test_presence_decides_on_none(self):
        self.assertEqual(run(MAKE_BUNDLE, self.path('bundle'), '--presence').returncode, 0)
        decisions = {}
        for threshold in ('0', '1'):
            done = run(CLASSIFY, self.path('a.ppm'), '--model', self.path('bundle'), '--presence-threshold', threshold)
            self.assertEqual(done.returncode, 0, done.stderr)
            header, row = done.stdout.decode().splitlines()
            self.assertEqual(header, 'path,label,class_id,confidence,prob_Cat,prob_Dog,decision,width,height,error')
            decisions[threshold] = row.split(',')[6]
            self.assertIn('none', done.stderr.decode())
        self.assertIn(decisions['0'], ('Cat', 'Dog'))
        self.assertEqual(decisions['1'], 'none')

    def test_outputs_must_be_those_of_the_card(self):
        self.assertEqual(run(MAKE_BUNDLE, self.path('bundle'), '--presence').returncode, 0)
        for edit, text in (
                (lambda card: card.pop('presence'),
                 "expected only 'probabilities', 'class_activation', found 'probabilities', 'presence'"),
                (lambda card: card['presence'].update(name='class_activation'), 'expected N×1, found N×2×16×16'),
                (lambda card: card['thresholds'].pop('presence'), 'thresholds.presence: expected a value, found none'),
                (lambda card: card['thresholds'].update(presence=2), 'thresholds.presence: expected a number from 0')):
            self.refused(edited_bundle(self.path('bundle'), tempfile.mkdtemp(dir=self.root), edit), text)

    def test_onnx_files_that_are_none(self):
        def replace(data):
            folder = self.edited(lambda card: card['onnx'].update(
                bytes=len(data), sha256=hashlib.sha256(data).hexdigest()))
            write(os.path.join(folder, 'model.onnx'), data)
            return folder
        with open(os.path.join(self.model, 'model.onnx'), 'rb') as file:
            sound = file.read()
        self.refused(replace(b''), 'onnx.bytes: expected 1 to 2147483647 bytes, found 0')
        for data in (b'no network', sound[:len(sound) // 2], bytes(1000), b'\xff' * 1000):
            self.refused(replace(data), 'model.onnx: expected an ONNX model')
        # Sound on the outside, but OpenCV knows no such operation.
        odd = sound.replace(b'Relu', b'Rulu')
        self.refused(replace(odd), 'model.onnx: expected a network that OpenCV', 'can execute')


if __name__ == '__main__':
    unittest.main(verbosity=2)
