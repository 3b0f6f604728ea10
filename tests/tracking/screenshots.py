"""Pictures of MLflow's pages with trainings on generated photos, for a person to look at, and for README:

    scripts/mlflow --install && CATDOG_BUILD=build/training .cache/mlflow/bin/python tests/tracking/screenshots.py [OUT]

OUT (build/screenshots/mlflow) gets one PNG for each page; `compared.png` is docs/mlflow.png."""
import os
import subprocess
import sys
import tempfile

from tools_of_build import ROOT  # first: says where the tools are
from mlflow import MlflowClient

from mlflow_server import clean_environment, free_port, wait_for_server
from training import make_store, train


def teach(store, out, *options, **more):
    status, said = train(store, out, *options, **more)
    if status != 0:
        sys.exit(said)


def main():
    pictures = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ROOT + '/build/screenshots/mlflow')
    os.makedirs(pictures, exist_ok=True)
    with tempfile.TemporaryDirectory() as root:
        store, port = make_store(root), free_port()
        local = ('--tracking-uri', root + '/mlruns', '--experiment', 'shapes')
        teach(store, root + '/cnn-fast', *local, '--lr', '0.004', '--ema-decay', '0.8', epochs=25)
        teach(store, root + '/cnn-slow', *local, '--lr', '0.0005', '--ema-decay', '0.8', epochs=25)
        server = subprocess.Popen([ROOT + '/scripts/mlflow', '--port', str(port), '--mlruns', root + '/mlruns'],
                                  env=clean_environment(CATDOG_MLFLOW_DATA=root + '/server'), start_new_session=True)
        try:
            uri = f'http://127.0.0.1:{port}'
            wait_for_server(server, uri)
            teach(store, root + '/resnet', '--network', 'resnet_small', '--tracking-uri', uri, '--experiment', 'shapes', '--register',
                  'shapes', '--ema-decay', '0.8', epochs=25)
            client = MlflowClient(uri)
            experiment = client.get_experiment_by_name('shapes').experiment_id
            run = next(run for run in client.search_runs([experiment]) if run.info.run_name == 'resnet_small')
            model = run.outputs.model_outputs[0].model_id
            subprocess.run(['node', ROOT + '/tests/tracking/screenshots.mjs', uri, experiment, run.info.run_id, model, 'shapes', pictures],
                           check=True)
        finally:
            os.killpg(server.pid, 15)
            server.wait(30)
    print(pictures)


if __name__ == '__main__':
    main()
