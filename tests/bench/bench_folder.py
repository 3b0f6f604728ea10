"""A folder of photos: catdog-classify beside classify_folder.py, as whole runs from start to end.

bench_folder.py BUNDLE CATDOG_CLASSIFY ROUNDS NAME=PHOTOS…

Both in two threads or processes, by turns. Prints JSON: for each NAME the medians of milliseconds a photo, the ratio,
and how many labels differ; ends with 1 where more than one in fifty do (the script decodes and shrinks differently).
"""
import csv
import json
import os
import statistics
import subprocess
import sys
import time

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'classify_folder.py')


def run(*command):
    start = time.monotonic()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return (time.monotonic() - start) * 1000, list(csv.reader(done.stdout.splitlines()))


def compare(bundle, tool, rounds, photos):
    count = len(os.listdir(photos))
    tool_times, script_times = [], []
    for _ in range(rounds):
        taken, tool_rows = run(tool, photos, '--model', bundle, '--threads', '2')
        tool_times.append(taken / count)
        taken, script_rows = run(sys.executable, SCRIPT, bundle, photos)
        script_times.append(taken / count)
    ours = {os.path.basename(row[0]): row[1] for row in tool_rows[1:]}
    theirs = {row[0]: row[1] for row in script_rows}
    if len(ours) != count or ours.keys() != theirs.keys():
        raise RuntimeError(f'{photos}: expected {count} rows of both, found {len(ours)} and {len(theirs)}')
    return {'photos': count, 'tool_ms': statistics.median(tool_times), 'script_ms': statistics.median(script_times),
            'ratio': statistics.median(script / own for own, script in zip(tool_times, script_times)),
            'labels_differ': sum(ours[name] != theirs[name] for name in ours)}


def problems(found):
    for name, one in found.items():
        if one['labels_differ'] * 50 > one['photos']:
            yield f"{name}: expected the same labels, found {one['labels_differ']} of {one['photos']} others"


def main():
    bundle, tool, rounds, *sets = sys.argv[1:]
    found = {}
    for one in sets:
        name, photos = one.split('=', 1)
        found[name] = compare(bundle, tool, int(rounds), photos)
    print(json.dumps(found))
    wrong = list(problems(found))
    for problem in wrong:
        print(problem, file=sys.stderr)
    return int(bool(wrong))


if __name__ == '__main__':
    sys.exit(main())
