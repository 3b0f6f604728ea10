"""The field's standard terms stand in code, options, help and documents: none of the words that they replaced."""
import os
import re
import sys
import unittest

sys.dont_write_bytecode = True
import documents  # noqa: E402

# Files that may hold any old word, and why.
EXCEPTIONS = {
    'native/training/network/option_names.cpp': 'reads checkpoints and bundles made with the old names',
    'CHANGELOG.md': 'says what was renamed',
    'tests/docs/words_test.py': 'lists them',
    'tests/docs/commands_test.py': 'plants some',
}
BINARY = ('.png', '.webp', '.jpg', '.onnx', '.heic', '.ico')
GENERATED = ('package-lock.json', 'model.json')

CPP = ('native/', 'shared/', 'wasm/')
WEB = ('web/src/', 'web/index.html', 'tests/web/')

# option → the one in its place.
OPTIONS = {
    'rate': '--lr', 'batch': '--batch-size', 'warm-up': '--warmup-epochs', 'smoothing': '--label-smoothing',
    'mixup': '--mixup-alpha', 'average': '--ema-decay', 'crop': '--train-crop-size',
    'first-crop': '--progressive-crop-start', 'margin': '--center-crop-margin', 'leave-out': '--prune-easy',
    'without': '--disable-augmentation', 'blur': '--blur-scale', 'taught-classes': '--pretrained-class-map',
    'taught-weight': '--lwf-weight', 'teacher-weight': '--distillation-weight', 'layer-decay': '--layer-lr-decay',
    'head-rate': '--head-lr-factor', 'frozen': '--freeze-stages', 'other': '--negatives',
    'presence': '--presence-threshold', 'presence-weight': '--presence-loss-weight', 'refused-share': '--max-rejected',
    'unsure-share': '--max-abstained', 'suspects': '--label-issues', 'changed': '--corruptions',
    'all': '--external-data', 'frames': '--stdin-stream',
}
# make_test_bundle --presence makes a bundle with that output; it is no threshold.
TEST_BUNDLES = re.compile(r"make_test_bundle|makeBundle|make_bundle|MAKE_BUNDLE|bundle\(|'presence'|\"--presence\", options.presence")

# (pattern of the name, the one in its place, where)
NAMES = [
    (r'OwnMemory|\btaught\b|\w+_taught\b|\btaught_\w+', 'LwfTeacher, pretrained_head', CPP),
    (r'\bLesson\b', 'SoftTargets', CPP),
    (r'\bAnswers\b', 'Outputs', CPP),
    (r'\bAnswersOfAll\b', 'PredictionGatherer', CPP),
    (r'\bRanks\b|\bleads\(|\bblame\w*\(', 'ProcessGroup, is_primary(), throw_lost_ranks', CPP),
    (r'\bheat_of\b|\bfor_use\b|\bkFine\b|\bis_clutter\b|\bExplain\b',
     'class_activation, fold_for_inference, kSuccess, is_hidden_or_system_file, ExplainCallback', CPP),
    (r'\b(?:class|struct) (?:Pace|Sent|FolderInTheMaking)\b', 'Backoff, SyncState, AtomicDirectory', CPP),
    (r'(?<!\? )"(?:neither|unsure)"', 'none, uncertain', CPP),  # not: found neither of two things
    (r'"(?:resnet|cnn)"', 'resnet_small, cnn_small', CPP),
    (r'\bGoingOn\b|going-on', 'SessionRestore', WEB),
    (r'\bVerdict\b', 'NetworkOutput', WEB),
    (r'\bpassing\b', 'transient', WEB),
    (r'\bnoPicture\b', 'notAnImage', WEB),
    (r'\bunseen\b', 'visually-hidden', WEB),
    (r"\bparts(?:\.ts|\.js)|/own(?:\.ts|\.js|')", 'file-batches.ts, custom-model.ts', WEB),
]
FILES = {'easy_photos': 'data_pruning', 'left_out': 'exclusions', 'judge': 'predict_rows', 'folds': 'cross_validation_folds',
         'parts': 'file-batches', 'own': 'custom-model', 'going-on': 'session-restore', 'folder_in_the_making': 'atomic_directory'}

# What a person reads: documents, the comments that scripts show as help, texts of the tools' --help.
PROSE = [
    (r'\btold\b[^.\n]{0,40}\bright\b|\btells\b[^.\n]{0,40}\bright\b', 'classified correctly'),
    (r'\b(?:held|hold|holds|holding) back\b|\bheld-back\b', 'held-out, validation'),
    (r'(?<!Measured )\bfigures\b', 'metrics'),
    (r'\brooms?\b', 'module'),
    (r'(?<!model )(?<!model-)\bcards?\b', 'metadata, model card'),
    (r'\bthings told\b', 'detected'),
    (r'\brefus(?:e|es|ed|al)\b', 'rejected'),
    (r'`(?:neither|unsure)`', 'none, uncertain'),
    (r'--network (?:resnet|cnn)\b(?!_)|`(?:resnet|cnn)`', 'resnet_small, cnn_small'),
]


def option_pattern():
    return re.compile(r'(?<![\w-])--(' + '|'.join(sorted(OPTIONS, key=len, reverse=True)) + r')(?![\w-])')


def problems_of_options(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        for found in option_pattern().finditer(line):
            if found[1] == 'presence' and (path.startswith('tests/') or TEST_BUNDLES.search(line)):
                continue
            if found[1] == 'all' and re.search(r'\b(git|npm|docker|ctest)\b', line):
                continue
            yield f'{path}:{number}: expected {OPTIONS[found[1]]}, found {found[0]}'


def problems_of_names(path, text):
    stem = os.path.splitext(os.path.basename(path))[0]
    if stem in FILES and path.startswith((*CPP, *WEB)):
        yield f'{path}: expected {FILES[stem]}, found {stem}'
    for pattern, wanted, where in NAMES:
        if path.startswith(where):
            for number, line in enumerate(text.splitlines(), 1):
                if found := re.search(pattern, line):
                    yield f'{path}:{number}: expected {wanted}, found {found[0]}'


def help_of(path, text):
    """The lines of a file that a person reads, with their numbers."""
    lines = list(enumerate(text.splitlines(), 1))
    if path.endswith('.md'):
        return lines
    if path.startswith('scripts/') and text.startswith('#!'):
        end = next((number for number, line in lines if number > 1 and not line.startswith('#')), len(lines))
        return lines[:end] if 'bash' in lines[0][1] else [one for one in lines if one[0] < 12]
    if re.fullmatch(r'native/\w+/(\w*main|command_line)\.cpp', path):
        return [(number, ' '.join(re.findall(r'"((?:[^"\\]|\\.)*)"', line))) for number, line in lines]
    return []


def problems_of_prose(path, text):
    for number, line in help_of(path, text):
        for pattern, wanted in PROSE:
            for found in re.finditer(pattern, line, re.IGNORECASE):
                yield f'{path}:{number}: expected {wanted}, found {found[0]}'


def all_problems(path, text):
    return [*problems_of_options(path, text), *problems_of_names(path, text), *problems_of_prose(path, text)]


def problems(path, text):
    return [] if path in EXCEPTIONS else all_problems(path, text)


class WordsTest(unittest.TestCase):
    maxDiff = None

    def test_no_old_words(self):
        found, count = [], 0
        for path in documents.tracked_files():
            if not path.endswith(BINARY + GENERATED):
                count += 1
                with open(os.path.join(documents.ROOT, path), encoding='utf-8', errors='replace') as stream:
                    found += problems(path, stream.read())
        self.assertGreater(count, 300)
        self.assertEqual(found, [], '\n'.join(found))

    def test_old_words_are_noticed(self):
        for path, line, expected in (
                ('docs/a.md', 'catdog-train --rate 1', 'docs/a.md:1: expected --lr, found --rate'),
                ('scripts/a', 'x\ncatdog-classify --frames', 'scripts/a:2: expected --stdin-stream, found --frames'),
                ('native/a/main.cpp', 'add("--presence", x)',
                 'native/a/main.cpp:1: expected --presence-threshold, found --presence'),
                ('native/a/b.cpp', 'struct Pace {', 'native/a/b.cpp:1: expected Backoff, SyncState, AtomicDirectory, '
                                                    'found struct Pace'),
                ('native/a/judge.h', '', 'native/a/judge.h: expected predict_rows, found judge'),
                ('native/a/main.cpp', '"photos held back"', 'native/a/main.cpp:1: expected held-out, validation, found held back'),
                ('web/src/a.ts', 'noPicture', 'web/src/a.ts:1: expected notAnImage, found noPicture'),
                ('docs/a.md', 'the rooms', 'docs/a.md:1: expected module, found rooms'),
                ('docs/a.md', 'it is refused', 'docs/a.md:1: expected rejected, found refused'),
                ('docs/a.md', '1,079 are told right', 'docs/a.md:1: expected classified correctly, found told right')):
            with self.subTest(line):
                self.assertEqual(problems(path, line), [expected])

    def test_standard_words_are_fine(self):
        for path, line in (('docs/a.md', 'catdog-train --lr 1 --presence-threshold 0.5 --batch-size 2'),
                           ('docs/a.md', 'The [model card](model-card.md) has metrics.'),
                           ('native/a/b.cpp', '// photos held back in a comment'),
                           ('CHANGELOG.md', '`--rate` is `--lr`'),
                           ('tests/web/a.mjs', "makeBundle('x', '--presence')")):
            with self.subTest(line):
                self.assertEqual(problems(path, line), [])

    def test_exceptions_are_needed(self):
        for path in EXCEPTIONS:
            if path != 'CHANGELOG.md':  # it need not be there
                with self.subTest(path):
                    self.assertNotEqual(all_problems(path, documents.read(path)), [])


if __name__ == '__main__':
    unittest.main()
