"""Every command in a code block of the documents names scripts, tools, presets and options that exist."""
import json
import os
import re
import sys
import unittest

sys.dont_write_bytecode = True
import documents  # noqa: E402

TOOLS = {'catdog-features': 'features', 'catdog-train': 'training', 'catdog-classify': 'inference',
         'catdog-evaluate': 'evaluation', 'catdog-calibrate': 'model', 'catdog-sync': 'tracking'}
SOURCES = {'catdog-calibrate': ['native/model/calibrate_main.cpp'], 'catdog-sync': ['native/tracking/sync_main.cpp'],
           'catdog-train': ['native/training/main.cpp', 'native/training/command_line.cpp']}
# Scripts whose options go on to a tool.
FORWARDS = {'run': 'catdog-classify', 'train': 'catdog-train', 'evaluate': 'catdog-evaluate', 'ablate': 'catdog-train'}
OF_SCRIPTS = {'run': ['scripts/serve.mjs'], 'spark-classify': ['scripts/spark_classify.py'], 'bench': ['scripts/bench_report.py']}
# Programs of others: their options are not ours to check.
OTHERS = {'cmake', 'ctest', 'ninja', 'node', 'seq', 'parallel', 'awk', 'for', 'done', 'cat', 'git', 'find', 'npm', 'apt-get'}
COMMON = {'--help', '--version', '--'}


def options_of_tool(tool):
    sources = SOURCES.get(tool, [f'native/{TOOLS[tool]}/main.cpp'])
    text = ''.join(documents.read(source) for source in sources)
    literals = re.findall(r'"(?:-\w,)?(!?--[a-z][^"]*)"', text)
    return COMMON | {option for literal in literals for option in re.findall(r'--[a-z][a-z-]*', literal)}


def options_of_script(name):
    text = ''.join(documents.read(path) for path in [f'scripts/{name}', *OF_SCRIPTS.get(name, [])])
    options = COMMON | set(re.findall(r'--[a-z][a-z-]*', text))
    return options | options_of_tool(FORWARDS[name]) if name in FORWARDS else options


def presets():
    return {one['name'] for one in json.loads(documents.read('CMakePresets.json'))['configurePresets']}


def exists(path):
    return os.path.exists(os.path.join(documents.ROOT, path))


def unknown_options(words, known):
    options = [word.split('=')[0] for word in words if word.startswith('--')]
    return [f'{words[0]} has no option {option}' for option in options if option not in known]


def problems_of_tool(words):
    tool = os.path.basename(words[0])
    if tool not in TOOLS:
        return [f'no tool {tool}']
    placed = re.fullmatch(r'build/([\w-]+)/native/(\w+)/[\w-]+', words[0])
    if words[0].startswith('build/') and not (placed and placed[1] in presets() and placed[2] == TOOLS[tool]):
        return [f'{words[0]} is not where {tool} is built']
    return unknown_options(words, options_of_tool(tool))


def problems(words):
    """What of a command does not exist."""
    name = words[0]
    if re.match(r'catdog-|build/.*/catdog-', name):
        return problems_of_tool(words)
    if name.startswith('scripts/'):
        if not os.access(os.path.join(documents.ROOT, name), os.X_OK):
            return [f'no script {name}']
        return unknown_options(words, options_of_script(os.path.basename(name)))
    if os.path.basename(name) == 'node' or name == 'cmake':
        missing = [word for word in words[1:] if re.search(r'\.m?js$', word) and not exists(word)]
        wanted = words[words.index('--preset') + 1] if '--preset' in words else 'native'
        return [f'no file {word}' for word in missing] + ([] if wanted in presets() else [f'no preset {wanted}'])
    if name.startswith('build/'):  # a program of the tests or benchmarks
        stem = os.path.basename(name)
        folder = os.path.dirname(re.sub(r'^build/[\w-]+/', '', name))
        return [] if stem in documents.read(f'{folder}/CMakeLists.txt') else [f'no program {name}']
    return [] if name in OTHERS else [f'no program {name} is known here']


class CommandsTest(unittest.TestCase):
    def test_documents_name_what_exists(self):
        count = 0
        for path in documents.documents():
            for language, text in documents.code_blocks(documents.read(path)):
                if language in ('', 'sh', 'bash') and re.search(r'^(scripts/|build/|catdog-|cmake )', text, re.MULTILINE):
                    for words in documents.commands(text):
                        count += 1
                        with self.subTest(path, command=' '.join(words)):
                            self.assertEqual(problems(words), [])
        self.assertGreater(count, 40)

    def test_what_does_not_exist_is_noticed(self):
        for line, expected in (('scripts/nothing', ['no script scripts/nothing']),
                               ('scripts/run photos --bogus 1', ['scripts/run has no option --bogus']),
                               ('scripts/train photos --rate=1', ['scripts/train has no option --rate']),
                               ('catdog-average a b', ['no tool catdog-average']),
                               ('RANK=1 catdog-train --crop 3 | cat', ['catdog-train has no option --crop']),
                               ('build/tools/native/training/catdog-classify', [
                                   'build/tools/native/training/catdog-classify is not where catdog-classify is built']),
                               ('cmake --preset nothing', ['no preset nothing']), ('node nothing.mjs', ['no file nothing.mjs']),
                               ('build/benchmark/tests/bench/nothing', ['no program build/benchmark/tests/bench/nothing']),
                               ('nothing', ['no program nothing is known here'])):
            with self.subTest(line):
                self.assertEqual(problems(documents.commands(line)[0]), expected)

    def test_options_are_found(self):
        self.assertLessEqual({'--lr', '--no-wide', '--no-augment', '--negatives'}, options_of_tool('catdog-train'))
        self.assertLessEqual({'--workers', '--lr'}, options_of_script('train'))


if __name__ == '__main__':
    unittest.main()
