"""scripts/train --workers N: N processes on this machine train what one trains, and the model is put into its place."""
import json
import os
import shutil
import subprocess
import unittest

from ranks_case import FEATURES, TRAIN, RanksCase

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'scripts')


class TrainWorkersTest(RanksCase):
    def repository(self):
        """A folder with the script, the tools where the script builds them, and a cmake that has nothing to build."""
        root = self.at('repository')
        os.makedirs(os.path.join(root, 'scripts'))
        for name in ('train', 'lib.sh'):
            shutil.copy(os.path.join(SCRIPTS, name), os.path.join(root, 'scripts'))
        for tool, room in ((FEATURES, 'features'), (TRAIN, 'training')):
            os.makedirs(os.path.join(root, 'build', 'tools-training', 'native', room))
            os.symlink(tool, os.path.join(root, 'build', 'tools-training', 'native', room, os.path.basename(tool)))
        os.makedirs(self.at('bin'))
        with open(self.at('bin', 'cmake'), 'w', encoding='utf-8') as file:
            file.write('#!/bin/sh\n')
        os.chmod(self.at('bin', 'cmake'), 0o755)
        open(os.path.join(root, 'CMakePresets.json'), 'w', encoding='utf-8').close()
        return root

    def script(self, root, *options):
        environment = {**os.environ, 'PATH': self.at('bin') + ':' + os.environ['PATH']}
        return subprocess.run([os.path.join(root, 'scripts', 'train'), self.at('data-features'), '--network', 'cnn_small',
                               '--no-tracking', '--epochs', '2', '--batch-size', '17', '--train-crop-size', '24', *options],
                              env=environment, capture_output=True, text=True, check=False)

    def test_workers(self):
        root = self.repository()
        done = self.script(root, '--out', self.at('one'))
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.script(root, '--workers', '2', '--out', self.at('two'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_alike('one', 'two')
        with open(os.path.join(root, 'web', 'public', 'model', 'model.json'), encoding='utf-8') as file:
            self.assertEqual(json.load(file)['training']['run_id'], 'two')
        done = self.script(root, '--workers', '2', '--out', self.at('two'))  # there already: a rank that fails is told
        self.assertEqual(done.returncode, 1)
        self.assertIn('expected a new folder (or --resume), found a training', done.stderr)
        for wrong in ('0', 'many', '-1'):
            done = self.script(root, '--workers', wrong)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"--workers: expected a number from 1, found '{wrong}'", done.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
