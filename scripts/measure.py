"""Figures for scripts/evaluate: from a predictions CSV whose photos lie in FOLDER/CLASS/…

measure.py list STORE FOLDER            the photos that a feature store holds back, each path ended by NUL
  --model BUNDLE                        warns where the model was trained on others, or held others back
measure.py figures PREDICTIONS FOLDER   accuracy, F1, log-loss, confusion
  --changed NAME PREDICTIONS FOLDER     and of changed copies of the photos; may be given again
  --other PREDICTIONS                   and how many photos of none of the classes are told as such
  --json FILE                           also as JSON
  --record BUNDLE NAME                  also into the BUNDLE's model.json, as those of a test set of this name
"""
import argparse
import csv
import json
import math
import os
import re
import sys

UNDECIDED_SHARE = 0.02  # of photos of the classes, that may be refused or unsure
SMALLEST_PROBABILITY = 0.00005  # the CSV has 4 decimals: 0.0000 stands for anything below this


def wilson_interval(right, photos):
    """95 % interval of a share (Wilson 1927)."""
    z = 1.959964
    share, weight = right / photos, z * z / photos
    centre = share + weight / 2
    spread = z * math.sqrt(share * (1 - share) / photos + weight / photos / 4)
    return [(centre - spread) / (1 + weight), (centre + spread) / (1 + weight)]


def class_figures(confusion, labels, c):
    said = sum(row[c] for row in confusion)
    photos, hits = sum(confusion[c]), confusion[c][c]
    precision = hits / said if said else 0.0
    recall = hits / photos if photos else 0.0
    f1 = 2 * hits / (said + photos) if said + photos else 0.0
    return {'label': labels[c], 'photos': photos, 'precision': precision, 'recall': recall, 'f1': f1}


def true_label(path, folder, labels):
    label = os.path.relpath(path, folder).split(os.sep)[0]
    if label not in labels:
        raise ValueError(f"{path}: expected a folder named as one of the model's labels ({', '.join(labels)}), "
                         f"found '{label}'")
    return label


def threshold_of(confidences, refused):
    """The confidence that UNDECIDED_SHARE of the photos stay below, the `refused` ones among them, half-way between two
    photos' as in catdog-train --unsure-share. `confidences`: of the photos that are not refused."""
    ordered = [0.0] * refused + sorted(confidences)
    below = int(UNDECIDED_SHARE * len(ordered))
    return (ordered[below - 1] + ordered[below]) / 2 if below else 0.0


def figures(rows, labels, folder):
    """rows: (path, predicted label, {label: probability}, decision, error)."""
    confusion = [[0] * len(labels) for _ in labels]
    loss, unsure, neither, unreadable, decided_right, confidences = 0.0, 0, 0, 0, 0, []
    for path, said, probabilities, decision, error in rows:
        if error:
            unreadable += 1
            continue
        label = true_label(path, folder, labels)
        confusion[labels.index(label)][labels.index(said)] += 1
        loss -= math.log(max(probabilities[label], SMALLEST_PROBABILITY))
        unsure += decision == 'unsure'
        neither += decision == 'neither'
        decided_right += decision == label
        if decision != 'neither':
            confidences.append(max(probabilities.values()))
    photos = sum(map(sum, confusion))
    if photos == 0:
        raise ValueError(f'{folder}: expected photos to measure with, found none that could be read')
    right = sum(confusion[c][c] for c in range(len(labels)))
    classes = [class_figures(confusion, labels, c) for c in range(len(labels))]
    return {'photos': photos, 'unreadable': unreadable, 'accuracy': right / photos,
            'accuracy_interval': wilson_interval(right, photos), 'f1': sum(c['f1'] for c in classes) / len(classes),
            'log_loss': loss / photos, 'unsure': unsure, 'neither': neither, 'decided_right': decided_right,
            'threshold': threshold_of(confidences, neither), 'classes': classes, 'confusion': confusion}


def told_as_neither(rows):
    """Of photos of none of the classes."""
    readable = [decision for _, _, _, decision, error in rows if not error]
    if not readable:
        raise ValueError('--other: expected photos to measure with, found none that could be read')
    neither, unsure = readable.count('neither'), readable.count('unsure')
    return {'photos': len(readable), 'neither': neither, 'unsure': unsure,
            'neither_interval': wilson_interval(neither, len(readable))}


def read_predictions(file):
    with open(file, newline='', encoding='utf-8') as stream:
        reader = csv.DictReader(stream)
        labels = [name[len('prob_'):] for name in reader.fieldnames if name.startswith('prob_')]
        rows = [(row['path'], row['label'], {label: float(row['prob_' + label] or 0) for label in labels},
                 row['decision'], row['error']) for row in reader]
    return rows, labels


def as_text(result):
    low, high = result['accuracy_interval']
    labels = [one['label'] for one in result['classes']]
    width = max(12, *(len(label) + 2 for label in labels))
    lines = [f"{result['photos']:,} photos ({result['unreadable']} more could not be read, {result['unsure']} unsure, "
             f"{result['neither']} neither)",
             f"accuracy {result['accuracy']:.2%} (95 % interval {low:.2%} to {high:.2%}), F1 {result['f1']:.4f}, "
             f"log-loss {result['log_loss']:.4f}",
             f"of the {result['photos'] - result['unsure'] - result['neither']:,} decided on {result['decided_right']:,} are "
             f"right; with --threshold {result['threshold']:.4f} {UNDECIDED_SHARE:.0%} would be undecided", '',
             f"{'class':{width}}    photos precision    recall        F1"]
    for one in result['classes']:
        lines.append(f"{one['label']:{width}}{one['photos']:10}{one['precision']:10.4f}{one['recall']:10.4f}"
                     f"{one['f1']:10.4f}")
    lines += ['', f"{'true, said:':{width}}" + ''.join(f'{label:>{width}}' for label in labels)]
    for label, row in zip(labels, result['confusion']):
        lines.append(f'{label:{width}}' + ''.join(f'{count:{width}}' for count in row))
    if 'changed' in result:
        lines += ['', f"{'changed':12}accuracy   (95 % interval)     log-loss   unsure  neither"]
        for name, one in result['changed'].items():
            low, high = one['accuracy_interval']
            lines.append(f"{name:12}{one['accuracy']:8.2%}   ({low:7.2%} to {high:7.2%}) {one['log_loss']:10.4f}"
                         f"{one['unsure']:9}{one['neither']:9}")
    if 'other' in result:
        one = result['other']
        low, high = one['neither_interval']
        lines += ['', f"{one['neither']:,} of {one['photos']:,} photos of none of the classes are told as such: "
                  f"{one['neither'] / one['photos']:.2%} (95 % interval {low:.2%} to {high:.2%}); "
                  f"{one['unsure']} more are unsure"]
    return '\n'.join(lines)


def read_json(file):
    with open(file, encoding='utf-8') as stream:
        return json.load(stream)


def with_test_set(model, name, result):
    """`model` (of a bundle's model.json) with the figures of one more test set, or with new ones of one of that name."""
    kept = ('photos', 'accuracy', 'accuracy_interval', 'f1', 'log_loss')
    one = {'test_set': name, **{key: result[key] for key in kept}}
    others = [other for other in model.get('metrics', []) if other['test_set'] != name]
    return {**model, 'metrics': others + [one]}


def record(bundle, name, result):
    file = os.path.join(bundle, 'model.json')
    text = json.dumps(with_test_set(read_json(file), name, result), indent=2, ensure_ascii=False)
    with open(file + '.new', 'w', encoding='utf-8') as stream:
        stream.write(text + '\n')
    os.replace(file + '.new', file)


def doubts(store, training):
    """Why the photos that the store holds back may be no test of the model that was trained so; None where they are."""
    if training.get('data_digest') != store['digest']:
        return 'is not known to have been trained on these files'
    if training.get('split_digest') != store['split_digest'] or training.get('fold'):
        return 'was trained on these photos, but held others of them back'
    return None


def unescaped(path):
    """The bytes of a path that the tools wrote: see escape_path in shared/include/catdog/photo/paths.h."""
    if not re.search(r'\\x[89A-F][0-9A-F]', path):
        return path.encode()
    byte_of = lambda found: b'\\' if found[0] == rb'\\' else bytes([int(found[1], 16)])
    return re.sub(rb'\\\\|\\x([89A-F][0-9A-F])', byte_of, path.encode())


def list_held_back(store, folder, model):
    if model:
        doubt = doubts(read_json(os.path.join(store, 'dataset.json')),
                       read_json(os.path.join(model, 'model.json')).get('training', {}))
        if doubt:
            print(f'warning: {model} {doubt}. Photos that it learned from, be it as other copies, make its figures look '
                  'better than they are; with --all all photos are measured, which is right where it saw none.',
                  file=sys.stderr)
    with open(os.path.join(store, 'manifest.csv'), newline='', encoding='utf-8') as stream:
        for row in csv.DictReader(stream):
            if row['split'] == 'validation':
                sys.stdout.buffer.write(os.path.join(os.fsencode(folder), unescaped(row['path'])) + b'\0')


def main():
    parser = argparse.ArgumentParser(prog='measure.py')
    parser.add_argument('what', choices=['list', 'figures'])
    parser.add_argument('source')
    parser.add_argument('folder')
    parser.add_argument('--changed', nargs=3, action='append', default=[])
    parser.add_argument('--other')
    parser.add_argument('--model')
    parser.add_argument('--json')
    parser.add_argument('--record', nargs=2)
    options = parser.parse_args()
    if options.what == 'list':
        return list_held_back(options.source, options.folder, options.model)
    result = figures(*read_predictions(options.source), options.folder)
    for name, predictions, folder in options.changed:
        result.setdefault('changed', {})[name] = figures(*read_predictions(predictions), folder)
    if options.other:
        result['other'] = told_as_neither(read_predictions(options.other)[0])
    print(as_text(result))
    if options.json:
        with open(options.json, 'w', encoding='utf-8') as stream:
            json.dump(result, stream, indent=2)
            stream.write('\n')
    if options.record:
        record(*options.record, result)


if __name__ == '__main__':
    try:
        main()
    except (OSError, ValueError) as problem:
        sys.exit(f'evaluate: {problem}')
