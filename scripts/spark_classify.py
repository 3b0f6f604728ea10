"""What scripts/spark-classify runs: photos → catdog-classify --stdin-stream, one process for each task → Parquet and CSV.

A task never holds a partition: Spark hands it PHOTOS_IN_BATCH photos at a time, one thread passes them on, and rows are
given back in batches of ROWS_IN_BATCH. So it holds at most a few batches and what the tool holds (docs/scale.md).
"""
import argparse
import csv
import io
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import threading

from pyspark import SparkFiles
from pyspark.sql import SparkSession, functions
from pyspark.sql.types import DoubleType, IntegerType, StringType, StructField, StructType

PHOTOS_IN_BATCH = 4
ROWS_IN_BATCH = 256
MOST_BYTES = 256 << 20  # of a photo: a batch of Arrow holds less than 2 GiB
SETTINGS = {
    'spark.sql.execution.arrow.maxRecordsPerBatch': PHOTOS_IN_BATCH,
    'spark.sql.files.maxPartitionBytes': 64 << 20,
    'spark.sql.files.openCostInBytes': 64 << 10,  # so that tiny photos come in partitions of about a thousand
    'spark.sql.parquet.columnarReaderBatchSize': ROWS_IN_BATCH,
}
CLUTTER = r'/(__MACOSX|[Tt]humbs\.db|[Dd]esktop\.ini)(/|$)'  # as catdog-classify leaves out
NUMBERS = {'class_id': IntegerType(), 'width': IntegerType(), 'height': IntegerType(), 'confidence': DoubleType()}


def schema_of(labels):
    """The columns of the tool's CSV, and its line of it."""
    names = ['path', 'label', 'class_id', 'confidence', *('prob_' + label for label in labels), 'decision', 'width',
             'height', 'error']
    fields = [StructField(name, DoubleType() if name.startswith('prob_') else NUMBERS.get(name, StringType()))
              for name in names]
    return StructType(fields + [StructField('line', StringType())])


class Lines:
    """The lines of a file, remembering those that were asked for since the last take()."""

    def __init__(self, file):
        self.file, self.asked = file, []

    def __iter__(self):
        return self

    def __next__(self):
        line = self.file.readline()
        if not line:
            raise StopIteration
        self.asked.append(line)
        return line

    def take(self):
        text, self.asked = ''.join(self.asked), []
        return text


def classifier(tool, threads, root, name, schema):
    """The function for mapInArrow: record batches of path and content → record batches of `schema`."""
    kinds = [field.dataType.simpleString() for field in schema.fields]

    def cells(row, line):
        convert = {'int': int, 'double': float, 'string': str}
        values = [convert[kind](cell) if cell or kind == 'string' else None for kind, cell in zip(kinds, row)]
        return [*values, line]

    def feed(batches, pipe, failures):
        try:
            with pipe:
                for batch in batches:
                    for path, content in zip(batch.column(0), batch.column(1)):
                        path = (name + path.as_py()[len(root):]).encode()
                        content = content.as_buffer()
                        pipe.write(struct.pack('>IQ', len(path), len(content)))
                        pipe.write(path)
                        pipe.write(content)
        except BrokenPipeError:
            pass  # the tool has ended; its exit code and last words tell why
        except BaseException as failure:  # told by the task's own thread
            failures.append(failure)

    def classify(batches):
        import pyarrow
        arrow = pyarrow.schema([(field.name, {'int': pyarrow.int32(), 'double': pyarrow.float64(),
                                              'string': pyarrow.string()}[field.dataType.simpleString()])
                                for field in schema.fields])

        def batch_of(rows):
            columns = [pyarrow.array(column, field.type) for column, field in zip(zip(*rows), arrow)]
            return pyarrow.RecordBatch.from_arrays(columns, schema=arrow)

        failures = []
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen([tool, '--stdin-stream', '--threads', str(threads), '--model', SparkFiles.getRootDirectory()],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said)
            feeder = threading.Thread(target=feed, args=(batches, process.stdin, failures), daemon=True)
            try:
                feeder.start()
                with open(process.stdout.fileno(), encoding='utf-8', newline='', closefd=False) as out:
                    lines = Lines(out)
                    rows, waiting = csv.reader(lines), []
                    next(rows, None)
                    lines.take()
                    for row in rows:
                        waiting.append(cells(row, lines.take()[:-2]))
                        if len(waiting) == ROWS_IN_BATCH:
                            yield batch_of(waiting)
                            waiting = []
                    if waiting:
                        yield batch_of(waiting)
                feeder.join()
                if failures:
                    raise failures[0]
                if process.wait() != 0:
                    said.seek(0)
                    raise RuntimeError(f'{tool} ended with {process.returncode}: {said.read()[-2000:].decode()}')
            finally:
                process.kill()
                process.wait()
                process.stdout.close()

    return classify


def main():
    parser = argparse.ArgumentParser(prog='spark-classify')
    parser.add_argument('input')
    parser.add_argument('output')
    parser.add_argument('--master', default='local[*]')
    parser.add_argument('--model', required=True)
    parser.add_argument('--tool', required=True)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--conf', action='append', default=[])
    options = parser.parse_args()
    card = os.path.join(options.model, 'model.json')
    if not os.path.isfile(card):
        sys.exit(f'spark-classify: {options.model}: expected a model bundle, found no model.json in it')
    with open(card, encoding='utf-8') as file:
        schema = schema_of(json.load(file)['labels'])

    builder = SparkSession.builder.appName('catdog-classify').master(options.master)
    for key, value in SETTINGS.items():
        builder = builder.config(key, str(value))
    for setting in options.conf:
        builder = builder.config(*setting.split('=', 1))
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel('ERROR')
    hadoop, java = spark._jsc.hadoopConfiguration(), spark._jvm.org.apache.hadoop.fs

    def place(text):
        path = java.Path(text)
        system = path.getFileSystem(hadoop)
        return system, path.makeQualified(system.getUri(), system.getWorkingDirectory())

    system, source = place(options.input)
    if not system.exists(source) or not system.getFileStatus(source).isDirectory():
        sys.exit(f'spark-classify: {options.input}: expected a folder of photos, found none')
    target_system, target = place(options.output)
    if target_system.exists(target):
        sys.exit(f'spark-classify: {options.output}: expected a new folder, found one that is there already')
    root, name, out = source.toString(), source.getName(), target.toString()

    for part in ('model.json', 'model.onnx'):
        spark.sparkContext.addFile(os.path.abspath(os.path.join(options.model, part)))
    make_rows = classifier(options.tool, options.threads, root, name, schema)
    photos = spark.read.format('binaryFile').option('recursiveFileLookup', 'true').load(root)
    photos = photos.filter(~photos.path.rlike(CLUTTER))
    rows = photos.filter(photos.length <= MOST_BYTES).select('path', 'content').mapInArrow(make_rows, schema)
    # Photos are classified once; both results are made of the rows.
    rows.write.parquet(out + '/_rows')
    told = [(path, f'expected a photo of at most {MOST_BYTES >> 20} MiB, found {length >> 20} MiB') for path, length in
            photos.filter(photos.length > MOST_BYTES).select('path', 'length').collect()]
    # Spark passes over empty files, and over names that begin with '_': neither must go without a row.
    files = spark._jvm.org.apache.spark.deploy.SparkHadoopUtil.get().listLeafStatuses(system, source).mkString('\n')
    empty = []
    for path, length in re.findall(r'path=(.*?); isDirectory=false; length=([0-9]+); replication=', files, re.DOTALL):
        if re.search(CLUTTER, path[len(root):]) or re.search(r'/\.', path[len(root):]):
            continue
        if re.search(r'/_', path[len(root):]):
            told.append((path, "expected a name that Spark reads, found one that begins with '_': rename it"))
        elif length == '0':
            empty.append((path, b''))
    if empty:
        spark.createDataFrame(empty, 'path string, content binary').mapInArrow(make_rows, schema).write.mode(
            'append').parquet(out + '/_rows')
    columns = [field.name for field in schema.fields[:-1]]
    if told:
        failed = []
        for path, error in told:
            path = name + path[len(root):]
            quoted = '"' + path.replace('"', '""') + '"'
            failed.append((path, *[None] * (len(columns) - 2), error, f'{quoted}{"," * (len(columns) - 1)}"{error}"'))
        spark.createDataFrame(failed, schema).write.mode('append').parquet(out + '/_rows')
    rows = spark.read.schema(schema).parquet(out + '/_rows').orderBy('path')
    rows.select(columns).write.parquet(out + '/parquet')
    written = io.StringIO()
    csv.writer(written, lineterminator='').writerow(columns)
    header = spark.createDataFrame([(written.getvalue(),)], 'line string').coalesce(1)
    header.union(rows.select('line')).write.option('lineSep', '\r\n').text(out + '/csv')
    count = spark.read.parquet(out + '/parquet').agg(
        functions.count('*'), functions.sum(functions.when(functions.col('error') != '', 1).otherwise(0))).first()
    target_system.delete(java.Path(out + '/_rows'), True)
    print(f'{count[0]:,} files, {count[1] or 0:,} failed; {options.output}/parquet and {options.output}/csv', file=sys.stderr)
    spark.stop()


if __name__ == '__main__':
    main()
