"""What a tracked run must look like when it is read back with MLflow's own client, whichever store it came from."""
import filecmp
import json
import math
import os
import subprocess

import mlflow
import numpy as np

PREDICT = os.environ['CATDOG_PREDICT_EXAMPLE']
TOLERANCE = 1e-4  # between OpenCV's and ONNX Runtime's probabilities
EPOCHS = 5
MODEL_FILES = {'MLmodel', 'conda.yaml', 'input_example.json', 'model.json', 'model.onnx', 'python_env.yaml',
               'requirements.txt', 'serving_input_example.json'}


def history(client, run_id, key):
    return [(point.step, point.value) for point in client.get_metric_history(run_id, key)]


def check_metrics(test, client, run_id, infinity, epochs=EPOCHS):
    test.assertEqual(history(client, run_id, 'train/loss'), [(e, 1 / e) for e in range(1, epochs + 1)])
    test.assertEqual(history(client, run_id, 'validation/accuracy'), [(e, 1 - 1 / (e + 1)) for e in range(1, epochs + 1)])
    test.assertEqual(history(client, run_id, 'odd/infinite'), [(3, infinity)])
    (step, value), = history(client, run_id, 'odd/not a number')
    test.assertEqual(step, 2)
    test.assertTrue(math.isnan(value))


def check_run(test, client, run, infinity):
    """Status, parameters, tags, every point of every metric once and in order, the data set."""
    test.assertEqual(run.info.status, 'FINISHED')
    test.assertEqual(run.info.run_name, 'first')
    test.assertGreaterEqual(run.info.end_time, run.info.start_time)
    test.assertEqual(run.data.params, {'rate': '0.002', 'network': 'test', 'class/Übergänge _ more_': '1', 'long': 'x' * 6000})
    tags = run.data.tags
    test.assertEqual(tags['mlflow.source.git.commit'], 'c0ffee')
    test.assertEqual(tags['mlflow.parentRunId'], 'a' * 32)
    test.assertEqual(tags['mlflow.source.type'], 'LOCAL')
    test.assertEqual(os.path.basename(tags['mlflow.source.name']), 'track')
    test.assertTrue(tags['mlflow.user'])
    test.assertEqual(tags['stage'], 'trained')
    check_metrics(test, client, run.info.run_id, infinity)
    system = [key for key in run.data.metrics if key.startswith('system/')]
    for name in ('cpu_utilization_percentage', 'system_memory_usage_percentage', 'disk_usage_percentage'):
        test.assertIn('system/' + name, system)
        for number, (step, value) in enumerate(history(client, run.info.run_id, 'system/' + name)):
            test.assertEqual(step, number)
            test.assertTrue(0 <= value <= 100, f'{name} is {value}')
    data, = run.inputs.dataset_inputs
    test.assertEqual((data.dataset.name, data.dataset.digest), ('pictures', '0123456789abcdef'))
    test.assertEqual(json.loads(data.dataset.profile), {'photos': 12})
    test.assertEqual({tag.key: tag.value for tag in data.tags}, {'mlflow.data.context': 'training'})


def check_model(test, client, run, bundle, scratch, name):
    """The artifacts byte for byte; the model loads in all its places and gives OpenCV's probabilities."""
    run_id = run.info.run_id
    here = client.download_artifacts(run_id, 'docs/card.json', scratch)
    test.assertTrue(filecmp.cmp(here, os.path.join(bundle, 'model.json'), shallow=False))
    output, = run.outputs.model_outputs
    model = client.get_logged_model(output.model_id)
    test.assertEqual((str(model.status), model.name, model.source_run_id), ('READY', 'model', run_id))
    test.assertEqual(model.params['network'], 'test')
    figure, = model.metrics
    test.assertEqual((figure.key, figure.value, figure.step, figure.run_id), ('final/accuracy', 0.91, EPOCHS, run_id))
    test.assertEqual(history(client, run_id, 'final/accuracy'), [(EPOCHS, 0.91)])
    version = client.get_model_version_by_alias(name, 'champion')
    test.assertEqual((version.run_id, version.source, version.status), (run_id, 'models:/' + output.model_id, 'READY'))
    test.assertEqual({key: version.tags['measure.' + key] for key in ('metric', 'value', 'test_set')},
                     {'metric': 'accuracy', 'value': '0.91', 'test_set': 'held-back'})

    check_places(test, (f'runs:/{run_id}/model', f'models:/{output.model_id}', f'models:/{name}@champion'), bundle, scratch)


def check_places(test, places, bundle, scratch):
    """In each of these the whole bundle lies, and loads as both flavours."""
    with open(os.path.join(bundle, 'model.json'), encoding='utf-8') as file:
        card = json.load(file)
    size = card['input']['size']
    outputs = [card[name]['name'] for name in ('output', 'presence', 'class_activation') if name in card]
    for place in places:
        folder = mlflow.artifacts.download_artifacts(place)
        test.assertLessEqual(MODEL_FILES, set(os.listdir(folder)))
        for file in ('model.onnx', 'model.json'):
            test.assertTrue(filecmp.cmp(os.path.join(folder, file), os.path.join(bundle, file), shallow=False), file)
        loaded = mlflow.pyfunc.load_model(place)
        example = loaded.metadata.load_input_example(folder)
        expected = native_probabilities(bundle, example['photo'], scratch)
        np.testing.assert_allclose(loaded.predict(example)['probabilities'], expected, atol=TOLERANCE)
        test.assertEqual(loaded.metadata.signature.inputs.inputs[0].shape, (-1, 3, size, size))
        test.assertEqual([tensor.name for tensor in loaded.metadata.signature.outputs.inputs], outputs)
        network = mlflow.onnx.load_model(place)
        test.assertEqual([node.name for node in network.graph.output], outputs)
    test.assertEqual(network.SerializeToString(), onnx_bytes(bundle))


def onnx_bytes(bundle):
    import onnx  # pylint: disable=import-outside-toplevel
    return onnx.load(os.path.join(bundle, 'model.onnx')).SerializeToString()


def native_probabilities(bundle, photo, scratch):
    """What the native tools make of it: see predict_example.cpp."""
    file = os.path.join(scratch, 'example.f32')
    photo.astype('<f4').tofile(file)
    said = subprocess.run([PREDICT, bundle, file, str(photo.shape[-1])], check=True,
                          capture_output=True, text=True)
    return [[float(value) for value in said.stdout.split()]]
