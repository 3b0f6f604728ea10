"""What the tests of catdog-features share: a data set, its store, and how to read what a store holds."""
import ast
import csv
import os
import struct
import tempfile

from tool_testing import ScratchCase, ppm, run, striped, write

FEATURES = os.environ['CATDOG_FEATURES']
SIZE = 16
PHOTOS = {'Kätzchen': 40, 'Dog': 20, 'fish': 10}  # of each class; in byte order: Dog, Kätzchen, fish


def load_npy(path):
    """Type, shape and data of a .npy file, read by NumPy's description of the format (numpy.lib.format)."""
    with open(path, 'rb') as file:
        magic, version, length = file.read(6), file.read(2), struct.unpack('<H', file.read(2))[0]
        assert magic == b'\x93NUMPY' and version == b'\x01\x00', (magic, version)
        assert (10 + length) % 64 == 0, length
        text = file.read(length).decode('latin-1')
        assert text.endswith('\n')
        header, data = ast.literal_eval(text), file.read()
    assert sorted(header) == ['descr', 'fortran_order', 'shape'] and not header['fortran_order'], header
    return header['descr'], header['shape'], data


def table(folder, name):
    with open(os.path.join(folder, name), newline='', encoding='utf-8') as file:
        return list(csv.DictReader(file))


def contents(folder):
    found = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), 'rb') as file:
            found[name] = file.read()
    return found


class FeaturesCase(ScratchCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory()
        cls.data = os.path.join(cls.shared.name, 'data')
        seed = 0
        for name, count in PHOTOS.items():
            for i in range(count):
                write(os.path.join(cls.data, name, f'{i}.ppm'), ppm(24, 20, striped(seed)))
                seed += 1
        write(os.path.join(cls.data, 'Dog', 'broken.jpg'), b'\xff\xd8\xff\xe0 no more')
        write(os.path.join(cls.data, 'Dog', '=notes, old.txt'), b'not a picture\n')
        write(os.path.join(cls.data, 'Dog', '.DS_Store'), b'clutter')
        write(os.path.join(cls.data, 'stray.ppm'), ppm(4, 4, (1, 2, 3)))
        cls.store = os.path.join(cls.shared.name, 'store')
        cls.made = run(FEATURES, '--data', cls.data, '--out', cls.store, '--size', str(SIZE))
        assert cls.made.returncode == 0, cls.made.stderr

    def features(self, *options, data=None, out='store', **how):
        return run(FEATURES, '--data', data or self.data, '--out', self.path(out), '--size', str(SIZE), *options, **how)
