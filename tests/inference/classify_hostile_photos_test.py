"""Photos that crash, hang or fill decoders: each is one row, and the photos beside it are what they are without it."""
import glob
import os
import signal
import struct
import subprocess
import time
import unittest
import zlib

from classify_case import CLASSIFY, ClassifyCase
from tool_testing import ppm, rows_of, striped, write

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../shared/cases/photos')


def box(kind, *content):
    data = b''.join(content)
    return struct.pack('>I', 8 + len(data)) + kind + data


def heif(brand, items):
    """A HEIF file of items (type, width, height, sources, data); the first is the primary one. No real pictures."""
    infos, places, references, sizes, uses, data = b'', b'', b'', b'', b'', b''
    for number, (kind, width, height, sources, content) in enumerate(items, 1):
        infos += box(b'infe', struct.pack('>IHH', 2 << 24, number, 0), kind, b'\0')
        places += struct.pack('>HHHHII', number, 1, 0, 1, len(data), len(content))
        data += content
        if sources:
            references += box(b'dimg', struct.pack(f'>HH{len(sources)}H', number, len(sources), *sources))
        sizes += box(b'ispe', struct.pack('>III', 0, width, height))
        uses += struct.pack('>HBB', number, 1, number)
    count = len(items)
    meta = box(b'meta', bytes(4), box(b'hdlr', bytes(8), b'pict', bytes(13)), box(b'pitm', struct.pack('>IH', 0, 1)),
               box(b'iloc', struct.pack('>IHH', 1 << 24, 0x4400, count), places),
               box(b'iinf', struct.pack('>IH', 0, count), infos), box(b'iref', bytes(4), references),
               box(b'iprp', box(b'ipco', sizes), box(b'ipma', struct.pack('>II', 0, count), uses)), box(b'idat', data))
    return box(b'ftyp', brand, bytes(4), b'mif1', brand) + meta


def grid(columns, rows, width, height):
    return struct.pack('>BBBBII', 0, 1, rows - 1, columns - 1, width, height)


def tiff(width, height, more=()):
    """An RGB TIFF whose data are a few bytes, whatever it promises."""
    entries = sorted([(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 2), (273, 4, 8), (277, 3, 3),
                      (278, 4, height), (279, 4, 4), *more], key=lambda entry: entry[0])
    directory = struct.pack('<H', len(entries))
    for tag, kind, value in entries:
        directory += struct.pack('<HHII' if kind == 4 else '<HHIHxx', tag, kind, 1, value)
    return b'II*\0' + struct.pack('<I', 12) + b'data' + directory + bytes(4)


def png(width, height):
    def chunk(kind, content):
        return struct.pack('>I', len(content)) + kind + content + struct.pack('>I', zlib.crc32(kind + content))

    row = zlib.compressobj(9)
    data = b''.join(row.compress(bytes(1 + 3 * width)) for _ in range(height)) + row.flush()
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) +
            chunk(b'IDAT', data) + chunk(b'IEND', b''))


def jpeg_2000(side, components):
    return (b'\xff\x4f\xff\x51' + struct.pack('>HH8IH', 38 + 3 * components, 0, side, side, 0, 0, side, side, 0, 0,
                                              components) + b'\x07\x01\x01' * components + bytes(100))


HOSTILE = {
    'iden_self.heic': (heif(b'heic', [(b'iden', 78, 78, [1], b'')]), 'made of itself'),
    'grid_self.avif': (heif(b'avif', [(b'grid', 78, 78, [1] * 4, grid(2, 2, 78, 78))]), 'made of itself'),
    'grid_lie.avif': (heif(b'avif', [(b'grid', 78, 78, [2], grid(1, 1, 30000, 30000)), (b'av01', 39, 39, [], b'')]),
                      'found 30000×30000'),
    'many_tiles.avif': (heif(b'avif', [(b'grid', 255, 256, [2] * 65280, grid(255, 256, 255, 256)),
                                       (b'av01', 1, 1, [], b'')]), 'at most 4096 pieces'),
    'bomb.webp': (b'RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f' + struct.pack('<I', 16382 | 16382 << 14) + bytes(13),
                  'at most 100 megapixels'),
    'twice.tif': (tiff(32000, 32000, [(256, 4, 10), (257, 4, 10)]), 'found 32000×32000'),
    'empty.tif': (tiff(9000, 9000), 'expected a sound TIFF picture'),
    'components.j2k': (jpeg_2000(10000, 16000), '16000 components'),
}


class ClassifyHostilePhotosTest(ClassifyCase):
    def between_good_photos(self, files):
        """Rows of a folder in which every one of files (name → bytes) stands between two good photos."""
        self.good = ppm(90, 60, striped(3))
        for number, (name, data) in enumerate(files.items()):
            write(self.path('mixed', f'{number:03}a.ppm'), self.good)
            write(self.path('mixed', f'{number:03}b_{name}'), data)
        write(self.path('mixed', '999.ppm'), self.good)
        rows = self.rows(self.path('mixed'))
        self.assertEqual(len(rows), 2 * len(files) + 1)
        alone = self.path('alone')
        write(os.path.join(alone, 'good.ppm'), self.good)
        truth = {**self.rows(alone)[0], 'path': None}
        for row in rows:
            if row['path'].endswith(('a.ppm', '999.ppm')):
                self.assertEqual({**row, 'path': None}, truth, row['path'])
        return {row['path'].split('b_', 1)[1]: row for row in rows if 'b_' in row['path']}

    def test_each_is_one_row(self):
        start = time.monotonic()
        rows = self.between_good_photos({name: data for name, (data, _) in HOSTILE.items()})
        self.assertLess(time.monotonic() - start, 60)
        for name, (_, words) in HOSTILE.items():
            self.assertIn(words, rows[name]['error'], name)
            self.assertTrue(rows[name]['error'].startswith('expected '), name)
            self.assertEqual(rows[name]['label'], '', name)

    def test_a_png_of_100_megapixels_takes_seconds(self):
        write(self.path('large', 'large.png'), png(12500, 8000))
        start = time.monotonic()
        self.assertEqual([(row['width'], row['error']) for row in self.rows(self.path('large'))], [('12500', '')])
        self.assertLess(time.monotonic() - start, 20)

    def test_the_cases_that_were_found(self):
        if not os.path.isdir(CASES):
            self.skipTest('there are no cases: ../shared/cases does not exist')
        names = [name for name in sorted(os.listdir(CASES)) if not name.endswith('.expected.png')]
        files = {}
        for name in names:
            with open(os.path.join(CASES, name), 'rb') as file:
                files[name] = file.read()
        start = time.monotonic()
        rows = self.between_good_photos(files)
        self.assertLess(time.monotonic() - start, 60)
        for name in names:
            sound = os.path.exists(os.path.join(CASES, name + '.expected.png'))
            self.assertEqual(rows[name]['error'] == '', sound, f'{name}: {rows[name]["error"]}')

    def test_no_process_is_left_and_none_starts_without_need(self):
        write(self.path('photos', 'a.ppm'), ppm(9, 9, (1, 2, 3)))
        with subprocess.Popen([CLASSIFY, self.path('photos'), '--model', self.model, '--out', os.devnull],
                              stderr=subprocess.DEVNULL) as tool:
            while tool.poll() is None:
                self.assertEqual(children_of(tool.pid), [])
        # Endless photos by way of --stdin-stream, of a kind that other libraries decode.
        with subprocess.Popen([CLASSIFY, '--stdin-stream', '--model', self.model, '--out', os.devnull],
                              stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as tool:
            data = tiff(1000, 1000)
            frame = struct.pack('>IQ', 5, len(data)) + b'a.tif' + data
            children = []
            for _ in range(1000):
                tool.stdin.write(frame * 64)
                tool.stdin.flush()
                children = children_of(tool.pid)
                if children:
                    break
            self.assertTrue(children, 'a decoder runs')
            tool.send_signal(signal.SIGINT)
            tool.stdin.close()
            tool.wait(30)
        for _ in range(100):
            if not any(is_decoder(child) for child in children):
                break
            time.sleep(0.05)
        self.assertFalse(any(is_decoder(child) for child in children))


def children_of(process):
    found = []
    for listed in glob.glob(f'/proc/{process}/task/*/children'):
        try:
            with open(listed, encoding='ascii') as file:
                found += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def is_decoder(process):
    try:
        with open(f'/proc/{process}/cmdline', 'rb') as file:
            return b'--become-decoder' in file.read()
    except OSError:
        return False


if __name__ == '__main__':
    unittest.main()
