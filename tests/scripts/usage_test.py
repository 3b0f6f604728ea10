"""Every script explains itself, and refuses what it does not know before it sets anything up."""
import os
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
                       'write-bundle']:
            with self.subTest(script):
                done = call(script, '--help')
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(f'scripts/{script}', done.stdout)
                self.assertNotIn('set -', done.stdout)

    def test_wrong_usage(self):
        for words in [('train',), ('train', '/nowhere'), ('evaluate',), ('evaluate', '/nowhere'),
                      ('evaluate', '--bogus'), ('bench', '--bogus'), ('bench', '--json'), ('bench', '--before'), ('test', '--bogus'),
                      ('pretrained', '--bogus'), ('pretrained', 'resnet'), ('ablate',), ('ablate', '--bogus'), ('train', '/', '--workers'), ('train', '/', '--workers', '0')]:
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

    def test_every_command_can_be_run(self):
        commands = [name for name in os.listdir(SCRIPTS) if '.' not in name]
        self.assertIn('run', commands)
        for name in commands:
            self.assertTrue(os.access(os.path.join(SCRIPTS, name), os.X_OK), f'scripts/{name} cannot be executed')


if __name__ == '__main__':
    unittest.main()
