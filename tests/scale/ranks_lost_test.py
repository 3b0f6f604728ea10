"""catdog-train in several processes of which one dies or hangs: the others end, and it goes on with another number of them."""
import glob
import os
import signal
import unittest

from ranks_case import RanksCase

OPTIONS = ('--network', 'cnn_small', '--lr', '1e-3')
EPOCHS = 20  # of 6 steps, each with a checkpoint: long enough to be lost in the middle


class RanksLostTest(RanksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.straight = None

    def never_lost(self):
        """The history of a training by one process that nothing happened to."""
        if RanksLostTest.straight is None:
            self.train('straight', 1, *OPTIONS, '--no-tracking', epochs=EPOCHS)
            RanksLostTest.straight = self.history('straight')
        return RanksLostTest.straight

    def points(self, name):
        """The steps at which each figure of the one MLflow run has points. (Those of the machine lie in a folder.)"""
        runs = glob.glob(self.at('mlruns-' + name, '*', '*', 'metrics'))
        self.assertEqual(len(runs), 1, 'one run, which rank 0 keeps')
        points = {}
        for file in filter(os.path.isfile, glob.glob(os.path.join(runs[0], '*'))):
            with open(file, encoding='utf-8') as lines:
                points[os.path.basename(file)] = [int(line.split()[2]) for line in lines]
        return points

    def lose_and_go_on(self, name, ranks, lost, how, later):
        """`ranks` processes lose one; `later` go on."""
        processes = self.start(name, ranks, *OPTIONS, '--checkpoint-seconds', '0', epochs=EPOCHS)
        self.lose(name, processes, lost, how)
        part = [file for file in os.listdir(self.at(name)) if '.part-' in file]
        # Rank 0 may have been killed while it wrote the next checkpoint, which then lies beside the last one.
        self.assertLessEqual(len(part), 1 if lost == 0 else 0, 'nothing is half-written')
        self.assertEqual(self.difference(name, name), 0, 'the last checkpoint is whole')
        self.assertFalse(os.path.exists(self.at(name, 'model')), 'no bundle of a training that is not over')
        self.train(name, later, *OPTIONS, '--resume', epochs=EPOCHS)
        found, expected = self.history(name), self.never_lost()
        self.assertEqual([row['epoch'] for row in found], [row['epoch'] for row in expected])
        for alone, together in zip(expected[:3], found[:3]):
            self.assertAlmostEqual(float(alone['train_loss']), float(together['train_loss']), delta=1e-2)
        by_epoch = {metric: steps for metric, steps in self.points(name).items() if len(steps) > 1}
        self.assertIn('validation_accuracy', by_epoch)
        for metric, steps in by_epoch.items():
            self.assertEqual(steps, list(range(1, EPOCHS + 1)), (metric, 'each point once'))
        self.assertTrue(os.path.exists(self.at(name, 'model', 'model.onnx')))

    def test_rank_1_is_killed_and_two_go_on(self):
        self.lose_and_go_on('killed-1', 3, 1, signal.SIGKILL, 2)

    def test_rank_0_is_killed_and_four_go_on(self):
        self.lose_and_go_on('killed-0', 3, 0, signal.SIGKILL, 4)

    def test_a_rank_hangs_and_one_process_goes_on(self):
        self.lose_and_go_on('hung-2', 3, 2, signal.SIGSTOP, 1)

    def test_rank_0_hangs_and_two_go_on(self):
        self.lose_and_go_on('hung-0', 3, 0, signal.SIGSTOP, 2)


if __name__ == '__main__':
    unittest.main(verbosity=2)
