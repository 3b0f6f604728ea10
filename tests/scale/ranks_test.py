"""catdog-train in several processes: they take the steps of one, and say what is wrong with variables."""
import os
import subprocess
import unittest

from drawn_classes import CLASSES
from ranks_case import TRAIN, RanksCase, free_port

PRETRAINED = os.environ['CATDOG_MAKE_PRETRAINED']
OPTIONS = ('--no-tracking', '--lr', '1e-3')


class RanksTest(RanksCase):
    def assert_ranks_are_as_one(self, name, *options, tolerance=1e-4, **more):
        self.train(f'{name}-1', 1, *options, **more)
        for ranks in (2, 4):
            self.train(f'{name}-{ranks}', ranks, *options, **more)
            self.assert_alike(f'{name}-1', f'{name}-{ranks}', tolerance)

    def test_ranks_take_the_steps_of_one_process(self):
        # 87 photos. 21 in a step: the last of 5 has 3, fewer than ranks. (Not 2, and more for the deep network: normalised
        # over two photos gradients vanish, and Adam makes steps of their rounding.) 22 in a step: 4 an epoch, 12 in all.
        # Rounding grows with depth; a label smoothing of 0.06 instead of 0.05 moves the resnet by 0.0018.
        for network, batch, epochs, tolerance in (('cnn_small', 21, 5, 1e-4), ('resnet_small', 22, 3, 5e-4)):
            self.assert_ranks_are_as_one(network, *OPTIONS, '--network', network, batch=batch, epochs=epochs,
                                         tolerance=tolerance)

    def test_the_same_photos_are_left_out(self):
        self.assert_ranks_are_as_one('left-out', *OPTIONS, '--network', 'cnn_small', '--prune-easy', '0.5', batch=21, epochs=4)

    def test_photos_of_no_class_are_shared_too(self):
        others = self.make_features('others', {'a/1': 1, 'a/2': 2, 'b/3': 2, 'b/4': 0}, 6, '--unlabelled')
        # Steps of 17 photos with a label and 2 of others: of four ranks some have none of the others, and in the last
        # step (2 and 2) some have none of the ones, and some have neither.
        self.assert_ranks_are_as_one('presence', *OPTIONS, '--network', 'cnn_small', '--negatives', others, '--presence-loss-weight',
                                     '2')

    def test_fine_tuning_with_photos_of_no_class(self):
        labelled = self.make_features('pair', {CLASSES[0]: 0, CLASSES[1]: 1}, 20)
        others = self.make_features('strange', {'a/1': 2, 'b/2': 2, 'c/3': 2}, 8, '--unlabelled')
        weights, taught = self.at('weights.safetensors'), self.at('taught.json')
        subprocess.run([PRETRAINED, weights, '6'], check=True, stderr=subprocess.DEVNULL)
        with open(taught, 'w', encoding='utf-8') as file:
            file.write('{"%s": ["0-1"], "%s": ["3"]}' % CLASSES[:2])
        self.assert_ranks_are_as_one('tuned', '--no-tracking', '--lr', '1e-4', '--pretrained', weights,
                                     '--pretrained-class-map', taught, '--lwf-weight', '1', '--negatives', others,
                                     '--presence-loss-weight', '1', '--head-epochs', '1', '--train-crop-size', '32', features=labelled,
                                     batch=16, epochs=2)
        # What the pretrained network says is asked by all ranks together, kept by rank 0, and no part file is left.
        self.assertIn('teacher.pt', os.listdir(self.at('tuned-4')))
        self.assertFalse([name for name in os.listdir(self.at('tuned-4')) if '.part-' in name])

    def test_what_is_said_of_wrong_variables_and_options(self):
        environment = {**os.environ, 'WORLD_SIZE': '2', 'RANK': '2', 'MASTER_ADDR': '127.0.0.1', 'MASTER_PORT': '1'}
        command = [TRAIN, '--features', self.features, '--out', self.at('wrong'), '--rank-timeout', '2']
        for change, text in (({}, 'RANK: expected a number from 0 to 1'), ({'RANK': '1', 'MASTER_PORT': 'x'}, 'MASTER_PORT'),
                             ({'RANK': '1', 'MASTER_ADDR': ''}, 'MASTER_ADDR: expected the address'),
                             ({'RANK': '0', 'MASTER_PORT': str(free_port())}, 'expected 2 ranks to meet at 127.0.0.1:')):
            done = subprocess.run(command, env={**environment, **change}, stderr=subprocess.PIPE, text=True, timeout=120)
            self.assertEqual(done.returncode, 1)
            self.assertIn(text, done.stderr)

    def test_ranks_that_were_given_other_options(self):
        port, processes = str(free_port()), []
        for rank, rate in enumerate(('1e-3', '2e-3')):
            environment = {**os.environ, 'WORLD_SIZE': '2', 'RANK': str(rank), 'MASTER_ADDR': '127.0.0.1',
                           'MASTER_PORT': port, 'GLOO_SOCKET_IFNAME': 'lo'}
            processes.append(subprocess.Popen([TRAIN, '--features', self.features, '--out', self.at('unlike'), '--lr',
                                               rate, '--no-tracking'], env=environment, stderr=subprocess.PIPE, text=True))
            self.addCleanup(self.end, processes[-1])
        for code, said in self.finish(processes):
            self.assertEqual(code, 1, said)
            self.assertIn('expected the same options and photos on all ranks', said)
        self.assertFalse(os.path.exists(self.at('unlike', 'last.pt')))


if __name__ == '__main__':
    unittest.main(verbosity=2)
