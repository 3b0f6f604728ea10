"""Puts what the benchmarks of scripts/bench measured into one table: bench_report.py FOLDER [--json FILE]"""
import argparse
import json
import os
import sys

READY_MS = 1000  # from opening the page
LONG_TASK_MS = 50  # shorter ones browsers do not tell


def read(folder, name):
    path = os.path.join(folder, name + '.json')
    if not os.path.exists(path):
        return None
    with open(path, encoding='utf-8') as stream:
        return json.load(stream)


def row(what, ours, theirs, ratio, wanted):
    return {'what': what, 'ours': ours, 'theirs': theirs, 'ratio': f'{ratio:.2f}', 'wanted': wanted}


def rows_of_core(folder):
    kinds = {'small': ('500×375', 1.5, 1.15), 'large': ('12 megapixels and more', 7, 0.45)}
    for kind, (size, wanted, _) in kinds.items():
        if found := read(folder, f'features-{kind}'):
            yield row(f'native, photo of {size} to picture', f"{found['core_ms']:.2f} ms",
                      f"cv::imread + cv::resize: {found['opencv_ms']:.2f} ms", found['ratio'], f'at least {wanted}')
    for kind, (size, _, most) in kinds.items():
        if found := read(folder, f'wasm-{kind}'):
            yield row(f'WebAssembly, JPEG of {size} to tensor', f"{found['core_ms']:.2f} ms",
                      f"bare libjpeg-turbo: {found['bare_ms']:.2f} ms", found['ratio'], f'at most {most}')


def rows_of_network(folder):
    wanted = {'wasm-int16:onnxruntime-web': 3.5, 'wasm-float32:onnxruntime-web': 2, 'int16:opencv': 2,
              'int16:onnxruntime': 1}
    for name, pair in (read(folder, 'network') or {'pairs': {}})['pairs'].items():
        place = 'in WebAssembly' if name.startswith('wasm') else 'natively'
        yield row(f"network {place}, one thread, {pair['ours'].split()[-1]}", f"{pair['ours_ms']:.2f} ms",
                  f"{pair['theirs']}: {pair['theirs_ms']:.2f} ms", pair['ratio'],
                  f'at least {wanted[name]}')
    if memory := read(folder, 'memory'):
        small, large = memory['small'] / 2 ** 20, memory['large'] / 2 ** 20
        yield row('WebAssembly memory of a worker, photos of 500×375',
                  f'{small:.0f} MiB ({large:.0f} MiB after larger ones)', 'budget: 64 MiB', 64 / small, 'at least 1')


def rows_of_folder(folder):
    found = read(folder, 'folder') or {}
    for kind, (size, wanted) in {'small': ('500×375', 1.8), 'large': ('12 megapixels and more', 1.5)}.items():
        if one := found.get(kind):
            yield row(f'catdog-classify, whole run, photo of {size}', f"{one['tool_ms']:.2f} ms",
                      f"Python with Pillow and onnxruntime: {one['script_ms']:.2f} ms", one['ratio'],
                      f'at least {wanted}')


def rows_of_visit(folder):
    if size := read(folder, 'size'):
        yield row('first visit, compressed', f"{size['bytes'] / 1e6:.1f} MB, {size['script'] / 1e3:.0f} KB of it scripts",
                  'budget: 7.2 MB, 100 KB', min(7.2e6 / size['bytes'], 1e5 / size['script']), 'at least 1')
    if ready := read(folder, 'ready'):
        ours, before = ready['ready'], ready.get('before')
        yield row('from opening the page to ready', f'{ours:.0f} ms',
                  f'the page before: {before:.0f} ms' if before else f'budget: {READY_MS:,} ms',
                  (before or READY_MS) / ours, 'at least 2' if before else 'at least 1')


def rows_of_pages(folder):
    first = read(folder, 'first-result') or {}
    offers = {'small': 'photos of 500×375, chosen', 'large': 'photos of 12 megapixels and more, chosen',
              'many': 'a folder of 20,000 photos, dropped'}
    for kind, offer in offers.items():
        if kind in first:
            yield row(f'first result of {offer}', f'{first[kind]:.0f} ms', 'budget: 2,000 ms', 2000 / first[kind], 'at least 1')
    if tasks := read(folder, 'long-tasks'):
        for what, longest in {'while very many photos come': tasks.pop('working'),
                              'when a person goes through them': max(tasks.values())}.items():
            yield row(f'longest task of the main thread, {what}', f'{longest:.0f} ms' if longest else 'none that counts',
                      f'budget: {LONG_TASK_MS} ms', LONG_TASK_MS / max(longest, LONG_TASK_MS), 'at least 1')
    if around := read(folder, 'around'):
        yield row('page with a network that costs nothing, photos of 500×375', f"{around['page']:.0f} a second",
                  f"the page before: {around['before']:.0f} a second", around['page'] / around['before'], 'at least 2')
    pages = read(folder, 'pages') or {}
    for kind, (size, wanted) in {'small': ('500×375', 6), 'large': ('12 megapixels and more', 10)}.items():
        speeds = dict(pages.get(kind, {}))
        ours = speeds.pop('catdog', None)
        for name, theirs in speeds.items():
            yield row(f'whole page, photos of {size}', f'{ours:.1f} a second', f'{name}: {theirs:.1f} a second',
                      ours / theirs, f'at least {wanted}')


def rows_of_training(folder):
    if found := read(folder, 'training'):
        yield row(f"training ({found['network']})", f"from the store: {found['from_store']:.0f} photos a second",
                  f"from memory: {found['from_memory']:.0f} photos a second", found['ratio'], 'at least 0.85')
        if handed_back := read(folder, 'training-handed-back'):
            yield row(f"training ({found['network']}), freed memory kept",
                      f"{found['from_store']:.0f} photos a second",
                      f"handed back to the system: {handed_back['from_store']:.0f} photos a second",
                      found['from_store'] / handed_back['from_store'], 'at least 1')


def rows_of_spark(folder):
    if found := read(folder, 'spark'):
        yield row('classifying with Spark, photo of 500×375', f"{found['spark_ms']:.2f} ms",
                  f"catdog-classify alone: {found['tool_ms']:.2f} ms", found['ratio'], 'at most 1.15')


def over_budget(rows):
    return [one['what'] for one in rows if one['theirs'].startswith('budget') and float(one['ratio']) < 1]


def as_text(rows):
    columns = ['what', 'ours', 'theirs', 'ratio', 'wanted']
    widths = [max(len(one[column]) for one in [dict(zip(columns, columns)), *rows]) for column in columns]
    lines = [dict(zip(columns, columns)), *rows]
    return '\n'.join('  '.join(line[column].ljust(width) for column, width in zip(columns, widths)).rstrip()
                     for line in lines)


def main():
    parser = argparse.ArgumentParser(prog='bench_report.py')
    parser.add_argument('folder')
    parser.add_argument('--json')
    options = parser.parse_args()
    parts = [rows_of_core, rows_of_network, rows_of_folder, rows_of_visit, rows_of_pages, rows_of_training, rows_of_spark]
    rows = [one for rows_of_part in parts for one in rows_of_part(options.folder)]
    print(as_text(rows))
    if options.json:
        with open(options.json, 'w', encoding='utf-8') as stream:
            json.dump({'cores': os.cpu_count(), 'rows': rows}, stream, indent=2, ensure_ascii=False)
            stream.write('\n')
    for what in over_budget(rows):
        print(f'{what}: over its budget', file=sys.stderr)
    return int(bool(over_budget(rows)))


if __name__ == '__main__':
    sys.exit(main())
