"""Classifies a folder of photos in two processes, as people write it: classify_folder.py MODEL PHOTOS"""
import json
import multiprocessing
import os
import sys

import numpy
import onnxruntime
from PIL import Image, ImageOps

model, photos = sys.argv[1:]
with open(f'{model}/model.json', encoding='utf-8') as stream:
    card = json.load(stream)
size = card['input']['size']


def start():
    global session  # of each process
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(f'{model}/model.onnx', options)


def classify(name):
    image = Image.open(f'{photos}/{name}')
    image.draft('RGB', (size, size))
    image = ImageOps.exif_transpose(image).convert('RGB').resize((size, size), Image.Resampling.BOX)
    tensor = numpy.asarray(image, numpy.float32).transpose(2, 0, 1)[None] / 255
    return session.run([card['output']['name']], {card['input']['name']: tensor})[0][0]


if __name__ == '__main__':
    names = sorted(os.listdir(photos))
    with multiprocessing.Pool(2, start) as pool:
        for name, probabilities in zip(names, pool.imap(classify, names, chunksize=4)):
            label = card['labels'][probabilities.argmax()]
            print(name, label, *(f'{value:.4f}' for value in probabilities), sep=',')
