"""Every script explains itself, and refuses what it does not know before it sets anything up."""
import os
import shutil
import subprocess
import tempfile
import unittest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../scripts')


def call(script, *words):
    return subprocess.run([os.path.join(SCRIPTS, script), *words], capture_output=True, text=True, check=False,
                          cwd='/', timeout=60)


class UsageTest(unittest.TestCase):
    def test_help(self):
        for script in ['run', 'train', 'evaluate', 'test', 'bench', 'pretrained', 'ablate', 'spark-classify', 'mlflow',
                       'write-bundle', 'package', 'test-bare', 'build-web']:
            with self.subTest(script):
                done = call(script, '--help')
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(f'scripts/{script}', done.stdout)
                self.assertNotIn('set -', done.stdout)

    def test_wrong_usage(self):
        for words in [('train',), ('train', '/nowhere'), ('evaluate',), ('evaluate', '/nowhere'),
                      ('evaluate', '--bogus'), ('evaluate', 'web/public/model'), ('evaluate', '--external-data'),
                      ('bench', '--bogus'), ('bench', '--json'), ('bench', '--before'), ('test', '--bogus'),
                      ('pretrained', '--bogus'), ('pretrained', 'resnet_small'), ('ablate',), ('ablate', '--bogus'),
                      ('package', '--bogus'), ('test-bare',), ('test-bare', 'sarge'), ('build-web', '--bogus'),
                      ('train', '/', '--workers'), ('train', '/', '--workers', '0')]:
            with self.subTest(words):
                done = call(*words)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertNotEqual(done.stderr, '')

    def test_scripts_work_through_links(self):
        with tempfile.TemporaryDirectory() as folder:
            for script in ['run', 'train', 'evaluate', 'test', 'bench', 'pretrained', 'ablate', 'spark-classify', 'mlflow']:
                link, second = os.path.join(folder, script), os.path.join(folder, 'to-' + script)
                os.symlink(os.path.join(SCRIPTS, script), link)
                os.symlink(script, second)
                with self.subTest(script):
                    done = subprocess.run([second, '--help'], capture_output=True, text=True, check=False, cwd='/', timeout=60)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertIn(f'scripts/{script}', done.stdout)

    def test_evaluate_hands_all_options_to_the_tool(self):
        with tempfile.TemporaryDirectory() as root:
            tool = os.path.join(root, 'build/tools/native/evaluation/catdog-evaluate')
            for file, text in (('scripts/lib.sh', f'root={root}\npackages_native=()\nneed() {{ :; }}\n'
                                                  'build_preset() { :; }\nsay() { printf "%s\\n" "$*" >&2; }\n'),
                               (os.path.relpath(tool, root), '#!/bin/sh\nprintf "%s|" "$@"\n')):
                os.makedirs(os.path.dirname(os.path.join(root, file)), exist_ok=True)
                with open(os.path.join(root, file), 'w', encoding='utf-8') as stream:
                    stream.write(text)
            script = shutil.copy(os.path.join(SCRIPTS, 'evaluate'), os.path.join(root, 'scripts'))
            os.chmod(tool, 0o755)
            for words, expected in ((['--photos', 'my pets', '--corruptions'], '--photos|my pets|--corruptions|'),
                                    (['--features=x'], '--features=x|'),
                                    (['own', '--photos', 'x'], 'own|--photos|x|'),
                                    (['compare', 'a', 'b'], 'compare|a|b|'), (['own', '--help'], 'own|--help|')):
                done = subprocess.run([script, *words], capture_output=True, text=True, check=False, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout, expected)

    def test_every_command_can_be_run(self):
        commands = [name for name in os.listdir(SCRIPTS) if '.' not in name]
        self.assertIn('run', commands)
        for name in commands:
            self.assertTrue(os.access(os.path.join(SCRIPTS, name), os.X_OK), f'scripts/{name} cannot be executed')


if __name__ == '__main__':
    unittest.main()
