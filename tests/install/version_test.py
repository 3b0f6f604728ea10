"""The version is stated once, in CMakeLists.txt, and whatever else names it agrees.

version_test.py TOOL…
"""
import json
import os
import re
import subprocess
import sys
import unittest

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')


def read(name):
    with open(os.path.join(REPOSITORY, name), encoding='utf-8') as file:
        return file.read()


VERSION = re.search(r'^project\(catdog VERSION (\d+\.\d+\.\d+) ', read('CMakeLists.txt'), re.MULTILINE)[1]


class VersionTest(unittest.TestCase):
    tools = []

    def said(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return done.stdout

    def test_every_tool_tells_it(self):
        self.assertGreaterEqual(len(self.tools), 4)
        for tool in self.tools:
            with self.subTest(tool):
                self.assertEqual(self.said(tool, '--version'), f'{os.path.basename(tool)} {VERSION}\n')

    def test_subcommands_tell_that_of_their_tool(self):
        tools = {os.path.basename(tool): tool for tool in self.tools}
        for tool, command in [('catdog-features', 'merge'), ('catdog-evaluate', 'compare')]:
            if tool in tools:
                with self.subTest(tool, command=command):
                    self.assertEqual(self.said(tools[tool], command, '--version'), f'{tool} {VERSION}\n')

    def test_the_page_has_it(self):
        for name in ('web/package.json', 'web/package-lock.json'):
            self.assertEqual(json.loads(read(name))['version'], VERSION, name)

    def test_the_changelog_tells_of_it(self):
        self.assertRegex(read('CHANGELOG.md'), rf'(?m)^## \[{re.escape(VERSION)}\] - \d{{4}}-\d\d-\d\d$')


if __name__ == '__main__':
    VersionTest.tools = [os.path.abspath(tool) for tool in sys.argv[1:]]
    unittest.main(argv=sys.argv[:1])
