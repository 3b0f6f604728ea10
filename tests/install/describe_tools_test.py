"""Manual pages and completions hold what the tools say of themselves.

describe_tools_test.py TOOL…
"""
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../scripts')
sys.path.insert(0, SCRIPTS)
from tool_help import describe, parse_option  # noqa: E402


def completed(file, *words):
    """What Bash offers for the last of these words."""
    function = '_' + words[0].replace('-', '_')
    script = f'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); {function}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(['bash', '-c', script, file, *words], capture_output=True, text=True, check=True, cwd='/')
    return done.stdout.split()


class DescribeToolsTest(unittest.TestCase):
    tools = []

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.out = cls.scratch.name
        subprocess.run([os.path.join(SCRIPTS, 'describe-tools'), '--out', cls.out, *cls.tools], check=True, timeout=60)
        cls.named = {os.path.basename(tool): tool for tool in cls.tools}

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def completion(self, name):
        return os.path.join(self.out, 'completions', name)

    def man(self, name):
        with gzip.open(os.path.join(self.out, 'man', name + '.1.gz'), 'rt', encoding='utf-8') as file:
            return file.read()

    def test_every_option_that_help_shows_is_in_all_of_them(self):
        for name, tool in self.named.items():
            shown = subprocess.run([tool, '--help'], capture_output=True, text=True, check=True).stdout
            options = [word.split('{')[0] for signature in re.findall(r'^  (-\S+)', shown, re.MULTILINE)
                       for word in signature.split(',')]
            self.assertGreater(len(options), 3)  # help, version, and what the tool is for
            page = self.man(name).replace('\\-', '-')
            with open(self.completion(name + '.fish'), encoding='utf-8') as file:
                fish = file.read()
            with open(self.completion('_' + name), encoding='utf-8') as file:
                zsh = file.read()
            offered = completed(self.completion(name), name, '-')
            for option in options:
                with self.subTest(name, option=option):
                    self.assertIn(f'\\fB{option}\\fR', page)
                    self.assertIn(option, offered)
                    self.assertRegex(zsh, rf"'\*{option}[=\[]")
                    self.assertIn(f' -l {option[2:]} ' if option.startswith('--') else f' -s {option[1:]} ', fish)

    def test_completions_know_choices_subcommands_and_their_options(self):
        features, evaluate = self.completion('catdog-features'), self.completion('catdog-evaluate')
        self.assertEqual(completed(features, 'catdog-features', '--format', 'f'), ['float32'])
        self.assertEqual(completed(features, 'catdog-features', '--format', '=', 'u'), ['uint8'])
        self.assertEqual(completed(features, 'catdog-features', '--format', '='), ['uint8', 'float32'])
        self.assertEqual(completed(features, 'catdog-features', '--size', ''), [])
        self.assertEqual(completed(features, 'catdog-features', '--data', 'us'), ['usr'])
        self.assertEqual(completed(features, 'catdog-features', 'mer'), ['merge'])
        self.assertEqual(completed(features, 'catdog-features', 'merge', '--o'), ['--out'])
        self.assertEqual(completed(features, 'catdog-features', 'merge', '--si'), [])
        self.assertEqual(completed(evaluate, 'catdog-evaluate', 'compare', '--j'), ['--json'])

    @unittest.skipUnless(shutil.which('fish'), 'fish is not installed')
    def test_fish_offers_the_same(self):
        def offered(line):
            asked = f'source {self.completion("catdog-features.fish")}; complete -C "{line}"'
            done = subprocess.run(['fish', '-c', asked], capture_output=True, text=True, check=True, cwd='/')
            return [one.split('\t')[0] for one in done.stdout.splitlines()]
        self.assertEqual(offered('catdog-features --format u'), ['uint8'])
        self.assertEqual(offered('catdog-features --uns'), [])
        self.assertEqual(offered('catdog-features --unl'), ['--unlabelled'])
        self.assertEqual(offered('catdog-features mer'), ['merge'])
        self.assertEqual(offered('catdog-features merge --o'), ['--out'])

    def test_shells_and_man_take_them(self):
        checks = [('bash', ['bash', '-n'], '{}'), ('zsh', ['zsh', '-n'], '_{}'), ('fish', ['fish', '--no-execute'], '{}.fish')]
        for name in self.named:
            for shell, command, file in checks:
                if shutil.which(shell):
                    done = subprocess.run([*command, self.completion(file.format(name))], capture_output=True, text=True,
                                          check=False)
                    self.assertEqual((done.returncode, done.stderr), (0, ''), file.format(name))
            if shutil.which('groff'):
                done = subprocess.run(['groff', '-man', '-ww', '-Kutf8', '-Tutf8'], input=self.man(name), text=True,
                                      capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_pages_begin_as_man_expects(self):
        page = self.man('catdog-features').splitlines()
        self.assertRegex(page[0], r'^\.TH CATDOG-FEATURES 1 "" "catdog \d+\.\d+\.\d+" "User Commands"$')
        self.assertEqual(page[1], '.SH NAME')
        self.assertTrue(page[2].startswith('catdog\\-features \\- reads folders of class folders'), page[2])

    def test_types_are_taken_apart(self):
        def option(kind, **more):
            return parse_option({'names': ['--x'], 'placeholder': '', 'type': kind, 'default': '', 'required': False,
                                 'many': False, 'group': 'Options', 'description': 'One\nline', **more})
        self.assertEqual((option('INT:INT in [0 - 9]').value, option('INT:INT in [0 - 9]').range), ('INT', '0 - 9'))
        self.assertEqual(option('TEXT:{one,two}').choices, ['one', 'two'])
        self.assertEqual(option('a8|b9:value in {a8->1,b9->2} OR {1,2}').choices, ['a8', 'b9'])
        self.assertEqual((option('FOLDER[:WEIGHT]').value, option('FOLDER[:WEIGHT]').takes), ('FOLDER[:WEIGHT]', 'folder'))
        self.assertEqual((option('FOLDER|FILE|-').value, option('').takes), ('FOLDER|FILE|-', 'nothing'))
        self.assertEqual(option('FILE.csv').text, 'One line')

    def test_subcommands_are_found(self):
        self.assertEqual([one.name for one in describe(self.named['catdog-features']).subcommands],
                         ['catdog-features merge'])


if __name__ == '__main__':
    DescribeToolsTest.tools = [os.path.abspath(tool) for tool in sys.argv[1:]]
    unittest.main(argv=sys.argv[:1])
