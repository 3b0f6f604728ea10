"""What Spark adds to the time that a photo takes: bench_spark.py PHOTOS TIMES ROUNDS CATDOG_CLASSIFY

Classifies the folder of photos once, and TIMES + 1 times over, with scripts/spark-classify and with the tool alone, both on
all cores. The difference of the two is what TIMES folders take, without what it takes to start. Prints JSON.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def copies(photos, times, folder):
    os.makedirs(folder)
    for copy in range(times):
        for name in os.listdir(photos):
            os.link(os.path.join(photos, name), os.path.join(folder, f'{copy}-{name}'))
    return folder


def seconds(*command):
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def main():
    photos, times, rounds, tool = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    count = len(os.listdir(photos)) * times
    model = os.path.join(REPOSITORY, 'web', 'public', 'model')
    with tempfile.TemporaryDirectory(dir=os.path.dirname(photos)) as work:
        few, many = copies(photos, 1, work + '/few'), copies(photos, times + 1, work + '/many')

        def alone(folder, _):
            return seconds(tool, folder, '--model', model, '--out', work + '/alone.csv')

        def with_spark(folder, number):
            return seconds(REPOSITORY + '/scripts/spark-classify', folder, f'{work}/out-{number}-{os.path.basename(folder)}', '--model',
                           model, '--tool', tool)

        # In turns, so that a slow moment hits both. The least of the rounds is what other programs disturbed least.
        taken = [[each(folder, number) for each in (alone, with_spark) for folder in (few, many)]
                 for number in range(rounds)]
    alone_few, alone_many, spark_few, spark_many = (min(column) for column in zip(*taken))
    tool_ms, spark_ms = ((one - other) / count * 1000 for one, other in ((alone_many, alone_few), (spark_many, spark_few)))
    print(json.dumps({'photos': count, 'tool_ms': tool_ms, 'spark_ms': spark_ms, 'ratio': spark_ms / tool_ms,
                      'spark_start_s': spark_few}))


if __name__ == '__main__':
    main()
