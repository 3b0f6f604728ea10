"""What the tests of documents share: where they are, their headings, code blocks and commands."""
import os
import re
import shlex
import subprocess

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '../..'))


def tracked_files():
    """Paths of the repository's files, below its folder: Git's, or all where there is no Git."""
    done = subprocess.run(['git', '-C', ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                          capture_output=True, check=False)
    if done.returncode == 0:
        return sorted(name for name in os.fsdecode(done.stdout).split('\0') if os.path.isfile(os.path.join(ROOT, name)))
    ignored = {'build', 'node_modules', 'dist', 'built', '.git', '.cache', '__pycache__'}
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ignored]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in files]
    return sorted(found)


def documents():
    """README in both languages, CONTRIBUTING and docs/."""
    pages = ['docs/' + name for name in os.listdir(os.path.join(ROOT, 'docs')) if name.endswith('.md')]
    return ['README.md', 'README.es.md', 'CONTRIBUTING.md', *sorted(pages)]


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as stream:
        return stream.read()


def without_code(text):
    return re.sub(r'^```.*?^```$', '', text, flags=re.DOTALL | re.MULTILINE)


def headings(text):
    """(level, title) of each, outside of code."""
    return [(len(marks), title) for marks, title in re.findall(r'^(#+) (.+)$', without_code(text), re.MULTILINE)]


def code_blocks(text):
    """(language, contents) of each block between fences, and of each indented one (language '')."""
    fenced = re.findall(r'^```(\w*)\n(.*?)^```$', text, re.DOTALL | re.MULTILINE)
    indented = re.findall(r'(?:^\n(?: {4}\S.*\n)+)', without_code(text), re.MULTILINE)
    return fenced + [('', re.sub(r'^ {4}', '', block, flags=re.MULTILINE)) for block in indented]


def commands(text):
    """The commands of a shell block, each as a list of words; comments, pipes, loops and assignments taken apart."""
    found = []
    for line in text.replace('\\\n', ' ').splitlines():
        try:
            lexer = shlex.shlex(line, posix=True, punctuation_chars='|&;<>')
            lexer.whitespace_split = True
            words = list(lexer)
        except ValueError:
            continue  # no shell
        command = []
        for word in [*words, ';']:
            if re.fullmatch(r'[|&;]+', word):
                if command:
                    found.append(command)
                command = []
            elif command or not (re.fullmatch(r'[A-Z_]+=.*', word) or word in ('do', 'sudo')):
                command.append(word)
    return found
