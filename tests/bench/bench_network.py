"""How fast engines run a bundle's network, one photo at a time in one thread, and that they answer alike.

bench_network.py BUNDLE PHOTOS ROUNDS BUILT NODE ONNXRUNTIME_WEB

BUILT: the repository's build folder, with network_core, network_opencv and bench-network made. Each engine is a process
that loads the network once; they take turns, so that all see the same machine, and only one of them works at a time.
Prints JSON: for each pair the medians and the ratio of times, and the greatest difference of outputs. Ends with 1 where
that is more than the precision allows.
"""
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PHOTOS = 20  # at most
PAIRS = [('wasm-int16', 'onnxruntime-web'), ('wasm-float32', 'onnxruntime-web'), ('int16', 'opencv'),
         ('int16', 'onnxruntime')]
ALLOWED = {'int16': 0.02, 'float32': 1e-5}  # differences of probabilities and presence


def write_pictures(photos, size, file):
    """The first photos of the folder as the engines read them: size × size × 3 bytes each."""
    from PIL import Image  # here: its tests do without
    names = sorted(os.listdir(photos))[:PHOTOS]
    if len(names) < 2:
        raise RuntimeError(f'{photos}: expected at least 2 photos, found {len(names)}')
    with open(file, 'wb') as stream:
        for name in names:
            with Image.open(os.path.join(photos, name)) as image:
                stream.write(image.convert('RGB').resize((size, size), Image.Resampling.BOX).tobytes())
    return len(names)


class Engine:
    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = self.line()
        self.rounds = []

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            self.finish()
            raise RuntimeError(f'{self.process.args[0]}: expected a line, found its end ({self.process.returncode})')
        return line.strip()

    def ask(self):
        self.process.stdin.write('\n')
        self.process.stdin.flush()
        self.rounds.append(json.loads(self.line()))

    def finish(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def medians(self):
        """Of each round but the first, which warms up; of its photos the first one does."""
        return [statistics.median(one['ms'][1:]) for one in self.rounds[1:]]


def difference(one, other):
    """The greatest, of all outputs of all photos."""
    ours, theirs = one.rounds[-1]['outputs'], other.rounds[-1]['outputs']
    if not ours or [len(outputs) for outputs in ours] != [len(outputs) for outputs in theirs]:
        raise RuntimeError(f'{one.name}, {other.name}: expected outputs of the same shape, found others')
    differences = [abs(a - b) for outputs in zip(ours, theirs) for a, b in zip(*outputs)]
    return math.nan if any(map(math.isnan, differences)) else max(differences)


def compare(one, other):
    ratios = [theirs / ours for ours, theirs in zip(one.medians(), other.medians())]
    return {'ours': one.name, 'theirs': other.name, 'ours_ms': statistics.median(one.medians()),
            'theirs_ms': statistics.median(other.medians()), 'ratio': statistics.median(ratios),
            'difference': difference(one, other)}


def problems(found):
    for name, pair in found.items():
        allowed = ALLOWED[name.split(':')[0].split('-')[-1]]
        if not pair['difference'] <= allowed:
            yield f"{name}: expected outputs within {allowed} of each other, found {pair['difference']}"


def main():
    bundle, photos, rounds, built, node, web = sys.argv[1:]
    with open(os.path.join(bundle, 'model.json'), encoding='utf-8') as stream:
        size = json.load(stream)['input']['size']
    with tempfile.TemporaryDirectory() as work:
        pictures = work + '/pictures'
        count = write_pictures(photos, size, pictures)
        native = built + '/benchmark/tests/bench/network_'
        # (Emscripten 3.1.6 would fetch the module from its path, where Node has fetch.)
        wasm = [node, '--import', 'data:text/javascript,delete globalThis.fetch', built + '/wasm/wasm/bench-network.js', bundle, pictures]
        engines = {'wasm-int16': Engine(*wasm, 'int16'), 'wasm-float32': Engine(*wasm, 'float32'),
                   'int16': Engine(native + 'core', bundle, pictures, 'int16'),
                   'opencv': Engine(native + 'opencv', bundle, pictures),
                   'onnxruntime': Engine(sys.executable, HERE + '/network_onnxruntime.py', bundle, pictures),
                   'onnxruntime-web': Engine(node, HERE + '/network_onnxruntime_web.mjs', bundle, pictures, web)}
        for _ in range(1 + int(rounds)):
            for engine in engines.values():
                engine.ask()
        for engine in engines.values():
            engine.finish()
    found = {f'{one}:{other}': compare(engines[one], engines[other]) for one, other in PAIRS}
    print(json.dumps({'photos': count, 'pairs': found}, indent=1))
    wrong = list(problems(found))
    for problem in wrong:
        print(problem, file=sys.stderr)
    return int(bool(wrong))


if __name__ == '__main__':
    sys.exit(main())
