"""Writes an EfficientNet-Lite0 (Tan & Le 2019, without squeeze-and-excitation) with random weights, as transformers.js
wants it: FOLDER/config.json, preprocessor_config.json, onnx/model.onnx. For measuring speed only: its answers mean
nothing.

usage: efficientnet_lite0.py FOLDER
"""
import json
import os
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES = 1000
SIDE = 224
# expansion, channels, repeats, stride, kernel
STAGES = [(1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5),
          (6, 320, 1, 1, 3)]


class Graph:
    def __init__(self):
        self.nodes, self.weights, self.random = [], [], numpy.random.default_rng(1)

    def constant(self, shape, scale):
        name = f'weight{len(self.weights)}'
        values = self.random.normal(0, scale, shape).astype(numpy.float32)
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def add(self, op, inputs, **attributes):
        name = f'value{len(self.nodes)}'
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    def conv(self, value, width_in, width_out, kernel=1, stride=1, groups=1, relu6=True):
        fan_in = kernel * kernel * width_in // groups
        pads = [kernel // 2] * 4
        weights = self.constant((width_out, width_in // groups, kernel, kernel), (2 / fan_in) ** 0.5)
        value = self.add('Conv', [value, weights, self.constant((width_out,), 0)], kernel_shape=[kernel] * 2, pads=pads,
                         strides=[stride] * 2, group=groups)
        return self.add('Clip', [value], min=0.0, max=6.0) if relu6 else value

    def block(self, value, width, expansion, width_out, kernel, stride):
        inner = self.conv(value, width, width * expansion) if expansion > 1 else value
        inner = self.conv(inner, width * expansion, width * expansion, kernel, stride, width * expansion)
        inner = self.conv(inner, width * expansion, width_out, relu6=False)
        return self.add('Add', [value, inner]) if stride == 1 and width == width_out else inner


def network():
    graph = Graph()
    value, width = graph.conv('pixel_values', 3, 32, kernel=3, stride=2), 32
    for expansion, width_out, repeats, stride, kernel in STAGES:
        for repeat in range(repeats):
            value = graph.block(value, width, expansion, width_out, kernel, stride if repeat == 0 else 1)
            width = width_out
    value = graph.conv(value, width, 1280)
    value = graph.add('Flatten', [graph.add('GlobalAveragePool', [value])])
    graph.nodes.append(helper.make_node('Gemm', [value, graph.constant((CLASSES, 1280), 0.03),
                                                 graph.constant((CLASSES,), 0)], ['logits'], transB=1))
    photo = helper.make_tensor_value_info('pixel_values', TensorProto.FLOAT, ['batch', 3, SIDE, SIDE])
    logits = helper.make_tensor_value_info('logits', TensorProto.FLOAT, ['batch', CLASSES])
    model = helper.make_model(helper.make_graph(graph.nodes, 'efficientnet-lite0', [photo], [logits], graph.weights),
                              opset_imports=[helper.make_opsetid('', 10)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def main(folder):
    os.makedirs(os.path.join(folder, 'onnx'), exist_ok=True)
    onnx.save(network(), os.path.join(folder, 'onnx', 'model.onnx'))
    labels = {str(i): f'class {i}' for i in range(CLASSES)}
    config = {'model_type': 'efficientnet', 'architectures': ['EfficientNetForImageClassification'], 'id2label': labels}
    preprocessor = {'image_processor_type': 'EfficientNetImageProcessor', 'do_resize': True, 'do_rescale': True,
                    'do_normalize': True, 'size': {'height': SIDE, 'width': SIDE}, 'resample': 2,
                    'rescale_factor': 1 / 255, 'image_mean': [0.5] * 3, 'image_std': [0.5] * 3}
    for name, content in (('config', config), ('preprocessor_config', preprocessor)):
        with open(os.path.join(folder, name + '.json'), 'w', encoding='utf-8') as stream:
            json.dump(content, stream)


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
