"""scripts/check-layering finds each arrow that runs back, in a repository made for it, and nothing else."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).parents[2] / 'scripts' / 'check-layering'

SOUND = {
    'shared/include/catdog/bytes.h': '// An exit, a throw: only words. "printf"\nconst char* text = "throw";\n',
    'shared/include/catdog/photo/image.h': '#include <vector>\n#include "catdog/bytes.h"\n',
    'shared/include/catdog/network/network.h': '#include "catdog/bytes.h"\n#include "catdog/photo/image.h"\n',
    'shared/include/catdog/model/card.h': '#include "catdog/network/network.h"\n#include "catdog/photo/image.h"\n',
    'shared/src/photo/a.cpp': '#include "own.h"\n#include <jpeglib.h>\n#include <stb_image.h>\n',
    'shared/src/photo/own.h': '#include <string>\n',
    'shared/src/network/a.cpp': '#include <hwy/foreach_target.h>\n#include "network/plan.h"\n',
    'shared/src/network/plan.h': '#include "catdog/network/network.h"\n',
    'shared/src/model/card.cpp': '#include <nlohmann/json.hpp>\n#include "catdog/model/card.h"\n',
    'wasm/bindings.cpp': '#include <emscripten/bind.h>\n#include "catdog/model/card.h"\n',
    'native/support/photo.cpp': '#include "catdog/photo/image.h"\n#include <tiffio.h>\n',
    'native/model/bundle.h': '#include "catdog/model/card.h"\n#include "support/photo.h"\n',
    'native/features/main.cpp': '#include "support/photo.h"\n',
    'native/training/main.cpp': '#include <torch/torch.h>\n#include "tracking/run.h"\n#include "evaluation/metrics.h"\n',
    'native/training/data/batches.h': '#include "training/network/weights.h"\n#include "training/train_options.h"\n',
    'native/evaluation/compare.cpp': '#include "inference/network.h"\n#include "features/data_set.h"\n'
                                     '#include <opencv2/imgcodecs.hpp>\n',
    'native/tracking/run.h': '#include <curl/curl.h>\n#include <nlohmann/json.hpp>\n',
    'native/inference/main.cpp': '#include <opencv2/dnn.hpp>\n#include "support/photo.h"\n#include "model/bundle.h"\n',
    'web/src/engine.ts': "import * as ort from 'onnxruntime-web/wasm';\n",
    'web/src/core.ts': "import create from './built/catdog-core.js';\n",
    'web/src/main.ts': "import { run } from './engine';\n",
    'web/src/state/results.ts': "import type { FoundFile } from '../files/found';\nimport { x } from './other';\n",
    'tests/shared/a_test.cpp': '#include "catdog/photo/image.h"\n#include <torch/torch.h>\n',
}

# What is added, and a word that the complaint must contain.
VIOLATIONS = [
    ('shared/src/photo/x.cpp', '#include "support/photo.h"\n', 'support/photo.h'),
    ('shared/src/photo/x.cpp', '#include <opencv2/core.hpp>\n', 'OpenCV'),
    ('shared/src/photo/x.cpp', '#include <torch/torch.h>\n', 'LibTorch'),
    ('shared/src/photo/x.cpp', '#include <iostream>\n', 'iostream'),
    ('shared/src/photo/x.cpp', '#include <thread>\n', 'thread'),
    ('shared/src/photo/x.cpp', '#include <unistd.h>\n', 'unistd.h'),
    ('shared/src/photo/x.cpp', 'void f() { throw 1; }\n', 'throw'),
    ('shared/src/photo/x.cpp', 'void f() { std::printf("x"); }\n', 'printf'),
    ('shared/src/photo/x.cpp', 'void f() { std::exit(1); }\n', 'exit'),
    ('shared/src/photo/x.cpp', 'void f() { abort(); }\n', 'abort'),
    ('shared/src/photo/x.cpp', '#include "catdog/network/network.h"\n', 'catdog/network/network.h'),
    ('shared/src/photo/x.cpp', '#include "catdog/model/card.h"\n', 'catdog/model/card.h'),
    ('shared/src/network/x.cpp', '#include "catdog/model/card.h"\n', 'catdog/model/card.h'),
    ('shared/src/network/x.cpp', '#include "photo/own.h"\n', 'photo/own.h'),
    ('shared/src/model/x.cpp', '#include "../photo/own.h"\n', '../photo/own.h'),
    ('shared/src/model/x.cpp', '#include "model/../photo/own.h"\n', 'photo/own.h'),
    ('shared/include/catdog/photo/x.h', '#include "catdog/network/network.h"\n', 'catdog/network/network.h'),
    ('shared/include/catdog/x.h', '#include "catdog/photo/image.h"\n', 'catdog/photo/image.h'),
    ('web/src/files/x.ts', "import type { Row } from '../state/results';\n", '../state/results'),
    ('web/src/other/x.ts', "import { a } from '../text/texts';\n", 'one of the folders'),
    ('web/src/text/x.ts', "import { Page } from '../page';\n", '../page'),
    ('native/training/network/x.cpp', '#include "training/data/batches.h"\n', 'training/data/batches.h'),
    ('native/training/data/x.cpp', '#include "training/trainer.h"\n', 'training/trainer.h'),
    ('native/training/other/x.cpp', '#include <string>\n', 'native/training/other'),
    ('shared/src/photo/x.cpp', '#include <nlohmann/json.hpp>\n', 'JSON'),
    ('shared/src/network/x.cpp', '#include <nlohmann/json.hpp>\n', 'JSON'),
    ('shared/src/photo/x.cpp', '#include <hwy/highway.h>\n', 'Highway'),
    ('shared/src/model/x.cpp', '#include <hwy/highway.h>\n', 'Highway'),
    ('shared/src/model/x.cpp', '#include <jpeglib.h>\n', 'libjpeg'),
    ('shared/src/network/x.cpp', '#include <stb_image.h>\n', 'stb_image'),
    ('shared/src/elsewhere/x.cpp', 'int x;\n', 'shared/src/elsewhere'),
    ('wasm/x.cpp', '#include "support/photo.h"\n', 'support/photo.h'),
    ('wasm/x.cpp', '#include <opencv2/core.hpp>\n', 'OpenCV'),
    ('wasm/x.cpp', '#include <nlohmann/json.hpp>\n', 'JSON'),
    ('native/support/x.cpp', '#include "features/store.h"\n', 'features/store.h'),
    ('native/support/x.cpp', '#include <torch/torch.h>\n', 'LibTorch'),
    ('native/support/x.cpp', '#include <curl/curl.h>\n', 'libcurl'),
    ('native/support/x.cpp', '#include "model/bundle.h"\n', 'model/bundle.h'),
    ('native/support/x.cpp', '#include <hwy/highway.h>\n', 'Highway'),
    ('native/model/x.cpp', '#include "inference/network.h"\n', 'inference/network.h'),
    ('native/model/x.cpp', '#include <opencv2/core.hpp>\n', 'OpenCV'),
    ('native/support/x.cpp', '#include <opencv2/core.hpp>\n', 'OpenCV'),
    ('native/inference/x.cpp', '#include <tiffio.h>\n', 'libtiff'),
    ('native/inference/x.cpp', '#include <openjpeg.h>\n', 'OpenJPEG'),
    ('native/inference/x.cpp', '#include <seccomp.h>\n', 'libseccomp'),
    ('native/inference/x.cpp', '#include <nlohmann/json.hpp>\n', 'JSON'),
    ('native/features/x.cpp', '#include "training/train.h"\n', 'training/train.h'),
    ('native/features/x.cpp', '#include <opencv2/dnn.hpp>\n', 'networks'),
    ('native/tracking/x.cpp', '#include <opencv2/core.hpp>\n', 'OpenCV'),
    ('native/tracking/x.cpp', '#include "training/train.h"\n', 'training/train.h'),
    ('native/inference/x.cpp', '#include <c10/core/Device.h>\n', 'LibTorch'),
    ('native/inference/x.cpp', '#include "training/train.h"\n', 'training/train.h'),
    ('native/inference/x.cpp', '#include "pictures/test_pictures.h"\n', 'pictures/test_pictures.h'),
    ('native/inference/x.cpp', '#include "evaluation/metrics.h"\n', 'evaluation/metrics.h'),
    ('native/evaluation/x.cpp', '#include <torch/torch.h>\n', 'LibTorch'),
    ('native/features/x.cpp', '#include "evaluation/metrics.h"\n', 'evaluation/metrics.h'),
    ('native/evaluation/x.cpp', '#include "training/train.h"\n', 'training/train.h'),
    ('native/evaluation/x.cpp', '#include "tracking/run.h"\n', 'tracking/run.h'),
    ('native/training/x.cpp', '#include "inference/network.h"\n', 'inference/network.h'),
    ('native/elsewhere/x.cpp', 'int x;\n', 'native/elsewhere'),
    ('web/src/x.ts', "import { InferenceSession } from 'onnxruntime-web';\n", 'onnxruntime-web'),
    ('web/src/x.ts', "const core = await import('./built/catdog-core.js');\n", 'catdog-core'),
    ('web/src/x.ts', "import x from '../../shared/x';\n", '../../shared/x'),
    ('native/support/x.cpp', 'int x;\n' * 301, '301'),
    ('scripts/x', 'true\n' * 301, '301'),
]


class LayeringTest(unittest.TestCase):
    def check(self, files):
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding='utf-8')
            return subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True)

    def test_a_sound_repository_passes(self):
        done = self.check(SOUND)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, '', ''))

    def test_each_violation_is_found(self):
        for name, text, word in VIOLATIONS:
            with self.subTest(name=name, word=word):
                done = self.check({**SOUND, name: text})
                self.assertEqual(done.returncode, 1)
                lines = done.stdout.splitlines()
                self.assertEqual(len(lines), 1, done.stdout)
                self.assertRegex(lines[0], r'^[^ ]+:\d+: expected .*, found ')
                self.assertIn(name.rsplit('/', 1)[0], lines[0])
                self.assertIn(word, lines[0])

    def test_what_is_no_repository_is_wrong_usage(self):
        with tempfile.TemporaryDirectory() as root:
            done = subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn('expected a repository', done.stderr)


if __name__ == '__main__':
    unittest.main()
