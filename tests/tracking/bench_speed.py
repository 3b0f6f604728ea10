"""Does tracking slow a training down? The same training untracked, tracked on a good server, and on one that takes
connections and never answers; the seconds of its epochs (the middle of several trainings), and their ratio to the first.

    scripts/mlflow --install && CATDOG_BUILD=build/training .cache/mlflow/bin/python tests/tracking/bench_speed.py"""
import statistics
import tempfile

import tools_of_build  # noqa: F401  (first: says where the tools are)
from fault_proxy import HANG, FaultProxy
from mlflow_server import Server
from training import history, make_store, train

EPOCHS, TRAININGS = 100, 3


def seconds(store, out, *options):
    status, said = train(store, out, *options, epochs=EPOCHS, MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL='10')
    assert status == 0, said
    return sum(float(row['seconds']) for row in history(out))


def main():
    with tempfile.TemporaryDirectory() as root:
        store = make_store(root)
        server = Server(root + '/server').start()
        silent = FaultProxy(server.port, lambda *_: HANG)
        ways = {'untracked': ['--no-tracking'], 'on a good server': ['--tracking-uri', server.uri],
                'on a server that never answers': ['--tracking-uri', silent.uri]}
        took = {way: [] for way in ways}
        for number in range(TRAININGS):  # in turn, so that what else the machine does falls on all of them
            for way, options in ways.items():
                took[way].append(seconds(store, f'{root}/{way} {number}', *options))
        silent.close()
        server.stop()
    middle = {way: statistics.median(times) for way, times in took.items()}
    for way, time in middle.items():
        print(f'{way}: {EPOCHS} epochs in {time:.2f} s, {time / middle["untracked"]:.2f} times the untracked')


if __name__ == '__main__':
    main()
