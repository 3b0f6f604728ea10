"""catdog-evaluate --corruptions: each row of the table is what catdog-classify says of copies that were changed so."""
import math
import os
import struct
import unittest

from evaluate_case import LABELS, EvaluateCase
from tool_testing import ppm, striped, write

SIDES = 40, 28  # smaller than 64 pixels: "small" leaves them as they are
NAMES = ['sideways', 'dark', 'blurred', 'jpeg30', 'small', 'grey']


def psd(width, height, colour):
    """A Photoshop file, which the core reads and OpenCV does not."""
    planes = bytes(colour(x, y)[c] for c in range(3) for y in range(height) for x in range(width))
    return b'8BPS' + struct.pack('>H6xHIIHH', 1, 3, height, width, 8, 3) + bytes(12) + struct.pack('>H', 0) + planes


def turned(colour):
    """Clockwise: what was at the left is above."""
    return lambda x, y: colour(y, SIDES[1] - 1 - x)


def darker(colour):
    return lambda x, y: tuple(round(value * 0.3) for value in colour(x, y))


class EvaluateCorruptionsTest(EvaluateCase):
    def setUp(self):
        super().setUp()
        copies = {'photos': (SIDES, lambda colour: colour), 'turned': (SIDES[::-1], turned), 'darker': (SIDES, darker)}
        for i in range(12):
            for folder, (sides, change) in copies.items():
                write(self.path(folder, LABELS[i % 2], f'{i}.ppm'), ppm(*sides, change(striped(i))))

    def check(self, found, rows):
        """The metrics against rows of catdog-classify."""
        self.assertEqual(found['photos'], len(rows))
        labels = [row['path'].split('/')[1] for row in rows]
        self.assertEqual(found['accuracy'], sum(row['label'] == label for row, label in zip(rows, labels)) / len(rows))
        loss = sum(-math.log(float(row['prob_' + label])) for row, label in zip(rows, labels)) / len(rows)
        self.assertAlmostEqual(found['log_loss'], loss, delta=0.001)  # the rows have 4 decimals
        self.assertEqual(found['decisions']['rejected'], sum(row['decision'] == 'none' for row in rows))
        self.assertEqual(found['decisions']['uncertain'], sum(row['decision'] == 'uncertain' for row in rows))

    def test_the_table(self):
        metrics, said = self.metrics(self.model, '--photos', self.path('photos'), '--external-data', '--corruptions')
        self.assertEqual(list(metrics['corruptions']), NAMES)
        self.check(metrics, self.classified(self.path('photos')))
        self.check(metrics['corruptions']['small'], self.classified(self.path('photos')))
        self.check(metrics['corruptions']['sideways'], self.classified(self.path('turned')))
        self.check(metrics['corruptions']['dark'], self.classified(self.path('darker')))
        self.assertNotEqual(metrics['corruptions']['dark']['log_loss'], metrics['log_loss'])
        lines = [line.split()[0] for line in said[said.index('corruption '):].splitlines()]
        self.assertEqual(lines, ['corruption', *NAMES])

    def test_photos_that_cannot_be_read_or_have_no_corrupted_copy(self):
        write(self.path('photos', 'Cat', 'huge.ppm'), b'P6\n60000 60000\n255\nabc')
        write(self.path('photos', 'Cat', 'text.jpg'), b'no picture')
        write(self.path('photos', 'Dog', 'drawn.psd'), psd(*SIDES, striped(30)))
        metrics, said = self.metrics(self.model, '--photos', self.path('photos'), '--external-data', '--corruptions')
        self.assertEqual((metrics['photos'], metrics['unreadable']), (13, 2))
        self.assertIn('2 files could not be read, such as photos/Cat/huge.ppm', said)
        self.assertEqual({one['photos'] for one in metrics['corruptions'].values()}, {12})

    def test_no_photo_is_written(self):
        before = sorted(os.listdir(self.root))
        done = self.evaluate(self.model, '--photos', self.path('photos'), '--external-data', '--corruptions', cwd=self.root)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(os.listdir(self.root)), before)

    def test_negatives_are_not_corrupted(self):
        write(self.path('things', '1.ppm'), ppm(20, 20, striped(50)))
        metrics, _ = self.metrics(self.model, '--photos', self.path('photos'), '--external-data', '--corruptions',
                                  '--negatives', self.path('things'))
        self.assertEqual({one['photos'] for one in metrics['corruptions'].values()}, {12})
        self.assertEqual(metrics['negatives']['photos'], 1)


if __name__ == '__main__':
    unittest.main(verbosity=2)
