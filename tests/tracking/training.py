"""Real trainings by catdog-train on generated photos, for tests against MLflow, and what their runs must look like."""
import csv
import filecmp
import json
import os
import subprocess
import time

import numpy as np

from mlflow_server import clean_environment, points
from run_checks import check_places

FEATURES, TRAIN, SYNC = (os.environ['CATDOG_' + tool] for tool in ('FEATURES', 'TRAIN', 'SYNC'))
SIDE = 32  # pixels
QUICK = {'MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR': '0.1', 'MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL': '0.05'}


def picture(kind, rng):
    """A round blob or stripes, with noise."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    if kind == 0:
        cx, cy = rng.uniform(6, 18, 2)
        light = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 20)
    else:
        light = 0.5 + 0.5 * np.sin(x * 1.3 + y * 0.5 + rng.uniform(0, 6.28))
    noisy = light[..., None] * rng.uniform(100, 220, 3) + rng.uniform(0, 35, (SIDE, SIDE, 3))
    return noisy.astype(np.uint8)


def make_store(root):
    """A feature store of 80 generated photos in two classes."""
    rng = np.random.default_rng(4)
    for kind, name in enumerate(('blobs', 'stripes')):
        os.makedirs(f'{root}/data/{name}')
        for i in range(40):
            with open(f'{root}/data/{name}/{i}.ppm', 'wb') as file:
                file.write(b'P6 %d %d 255\n' % (SIDE, SIDE) + picture(kind, rng).tobytes())
    subprocess.run([FEATURES, '--data', root + '/data', '--out', root + '/features', '--size', str(SIDE)], check=True,
                   capture_output=True)
    return root + '/features'


def start_training(store, out, *options, epochs=3, **environment):
    network = () if '--network' in options else ('--network', 'cnn_small')
    command = [TRAIN, '--features', store, '--out', out, *network, '--epochs', str(epochs), '--batch-size', '16',
               '--threads', '1', *map(str, options)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            env=clean_environment(**{**QUICK, **environment}))


def end_of(process):
    """The exit status, and what was said on stderr."""
    said = process.communicate(timeout=300)[1]
    return process.returncode, said


def train(store, out, *options, **more):
    return end_of(start_training(store, out, *options, **more))


def history(out):
    if not os.path.exists(out + '/epochs.csv'):
        return []
    with open(out + '/epochs.csv', newline='', encoding='utf-8') as file:
        return list(csv.DictReader(file))


def wait_for_epochs(process, out, count):
    """Until so many epochs are behind the training, which must still be running then."""
    while len(history(out)) < count:
        if process.poll() is not None:
            raise AssertionError('the training ended too early: ' + process.communicate()[1])
        time.sleep(0.02)


def run_of(client, experiment):
    """The one run of the experiment."""
    run, = client.search_runs([client.get_experiment_by_name(experiment).experiment_id])
    return run


def check_points(test, client, run_id, out, epochs):
    """Every figure of every epoch exactly once and in order, as epochs.csv has it."""
    rows = history(out)
    test.assertEqual([row['epoch'] for row in rows], [str(epoch) for epoch in range(1, epochs + 1)])
    test.assertLessEqual({'train_loss', 'validation_accuracy', 'learning_rate', 'photos_per_second'}, set(rows[0]))
    for name in set(rows[0]) - {'epoch'}:
        found = points(client, run_id, name)
        test.assertEqual([step for step, _ in found], list(range(1, epochs + 1)), name)
        np.testing.assert_allclose([value for _, value in found], [float(row[name]) for row in rows], rtol=1e-5, err_msg=name)
    with open(out + '/metrics.json', encoding='utf-8') as file:
        measured = json.load(file)[0]
    (step, accuracy), = points(client, run_id, 'final_accuracy')
    test.assertEqual(step, epochs)
    test.assertAlmostEqual(accuracy, measured['accuracy'], 6)


def check_training(test, client, run, store, out, epochs, scratch, registered):
    """All that a finished run holds, whichever store it is read from."""
    run_id = run.info.run_id
    test.assertEqual((run.info.status, run.info.run_name), ('FINISHED', os.path.basename(out)))
    check_points(test, client, run_id, out, epochs)
    with open(store + '/dataset.json', encoding='utf-8') as file:
        classes = json.load(file)['classes']
    with open(out + '/model/model.json', encoding='utf-8') as file:
        card = json.load(file)
    test.assertEqual(card['labels'], classes)
    # An empty value says that an option was not given: MLflow takes none. The temperature is a result, and the data
    # sets are MLflow's own datasets.
    expected = {name: value if isinstance(value, str) else json.dumps(value) for name, value in card['training'].items()
                if name not in ('photos', 'commit', 'run_id', 'temperature', 'data_sets') and value != ''}
    expected.update(size=str(SIDE), threads='1')
    test.assertEqual({name: run.data.params.get(name) for name in expected}, expected)
    test.assertGreater(int(run.data.params['parameters']), 0)
    test.assertGreater(int(run.data.params['multiply_adds']), 0)
    test.assertEqual(os.path.basename(run.data.tags['mlflow.source.name']), 'catdog-train')
    test.assertEqual(run.data.tags['mlflow.note.content'], f'cnn_small on 80 photos of blobs, stripes, {epochs} epochs')
    data, = run.inputs.dataset_inputs
    test.assertEqual((data.dataset.name, data.dataset.digest), ('features', run.data.params['data_digest'][:36]))
    profile = json.loads(data.dataset.profile)
    test.assertEqual((profile['photos'], profile['weight']), (80, card['training']['data_sets'][0]['weight']))
    test.assertTrue(points(client, run_id, 'system/cpu_utilization_percentage'))
    check_artifacts(test, client, run_id, out, scratch)
    output, = run.outputs.model_outputs
    model = client.get_logged_model(output.model_id)
    test.assertEqual((str(model.status), model.source_run_id), ('READY', run_id))
    test.assertIn('final_accuracy', {metric.key for metric in model.metrics})
    version = client.get_model_version_by_alias(registered, 'champion')
    test.assertEqual((version.run_id, version.source), (run_id, 'models:/' + output.model_id))
    places = [f'runs:/{run_id}/model', f'models:/{output.model_id}', f'models:/{registered}@champion']
    check_places(test, places, out + '/model', scratch)


def check_artifacts(test, client, run_id, out, scratch):
    """Byte for byte what lies in the training's folder."""
    files = {'epochs.csv': 'epochs.csv', 'metrics.json': 'metrics.json', 'checkpoints/last.pt': 'last.pt',
             'model/model.onnx': 'model/model.onnx', 'model/model.json': 'model/model.json'}
    if os.path.exists(out + '/report.html'):
        files['report.html'] = 'report.html'
    for path, file in files.items():
        kept = client.download_artifacts(run_id, path, scratch)
        test.assertTrue(filecmp.cmp(kept, f'{out}/{file}', shallow=False), path)
