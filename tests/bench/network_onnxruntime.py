"""ONNX Runtime as an engine for bench_network.py, in one thread: network_onnxruntime.py BUNDLE PICTURES"""
import json
import os
import sys
import time

import numpy
import onnxruntime

bundle, pictures = sys.argv[1:]
with open(os.path.join(bundle, 'model.json'), encoding='utf-8') as stream:
    card = json.load(stream)
size = card['input']['size']
names = [card[output]['name'] for output in ('output', 'presence') if output in card]
pixels = numpy.fromfile(pictures, numpy.uint8).reshape(-1, 1, size, size, 3)
tensors = [numpy.ascontiguousarray(one.transpose(0, 3, 1, 2), numpy.float32) / numpy.float32(255) for one in pixels]

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(os.path.join(bundle, card['onnx']['file']), options,
                                       providers=['CPUExecutionProvider'])
print('onnxruntime', onnxruntime.__version__, flush=True)
for _ in sys.stdin:
    times, answers = [], []
    for tensor in tensors:
        start = time.perf_counter()
        found = session.run(names, {card['input']['name']: tensor})
        times.append((time.perf_counter() - start) * 1000)
        answers.append([float(value) for output in found for value in output[0]] + [1.0] * (2 - len(names)))
    print(json.dumps({'ms': times, 'outputs': answers}), flush=True)
