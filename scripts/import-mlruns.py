"""Brings what is new in a folder of MLflow's file store into the SQLite database of an MLflow server that is not running:
    import-mlruns.py MLRUNS mlflow.db

`mlflow migrate-filestore` only writes new databases. So it writes one, and what the old one lacks is taken from there:
runs that are not in it yet, and runs that were not finished or have changed since they were brought in. Experiments of
the same name become one. Runs deleted in the old database stay deleted, tags and notes added in it stay.
"""
import os
import sqlite3
import subprocess
import sys
import tempfile

MLFLOW = os.path.join(os.path.dirname(sys.executable), 'mlflow')
BY_RUN = ('metrics', 'latest_metrics', 'params')
BY_MODEL = ('logged_model_params', 'logged_model_tags', 'logged_model_metrics')


def run_mlflow(*arguments):
    done = subprocess.run([MLFLOW, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'mlflow {arguments[0]} failed:\n{done.stdout}{done.stderr}')


def tables_with(database, column):
    names = [name for name, in database.execute("SELECT name FROM fresh.sqlite_master WHERE type = 'table'")]
    return [name for name in names if any(row[1] == column for row in database.execute(f'PRAGMA fresh.table_info({name})'))]


def copy_rows(database, table, where, values=(), how='INSERT OR REPLACE'):
    columns = ', '.join(f'"{row[1]}"' for row in database.execute(f'PRAGMA fresh.table_info({table})'))
    database.execute(f'{how} INTO main.{table} ({columns}) SELECT {columns} FROM fresh.{table} WHERE {where}', values)


def join_experiments(database):
    """Gives experiments of the fresh database the id that the old one has for their name; copies the others."""
    changed = tables_with(database, 'experiment_id')
    for fresh_id, name in database.execute('SELECT experiment_id, name FROM fresh.experiments').fetchall():
        known = database.execute('SELECT experiment_id FROM main.experiments WHERE name = ?', (name,)).fetchone()
        if known is None:
            copy_rows(database, 'experiments', 'experiment_id = ?', (fresh_id,), 'INSERT OR IGNORE')
            copy_rows(database, 'experiment_tags', 'experiment_id = ?', (fresh_id,), 'INSERT OR IGNORE')
        elif known[0] != fresh_id:
            for table in changed:
                if table != 'experiments':
                    database.execute(f'UPDATE fresh.{table} SET experiment_id = ? WHERE experiment_id = ?', (known[0], fresh_id))


def new_runs(database):
    return [run for run, in database.execute(
        '''SELECT f.run_uuid FROM fresh.runs f LEFT JOIN main.runs m ON m.run_uuid = f.run_uuid
           WHERE m.run_uuid IS NULL OR (m.lifecycle_stage = 'active' AND
             (m.end_time IS NULL OR m.end_time IS NOT f.end_time OR m.status IS NOT f.status))''')]


def join_datasets(database):
    """Data sets that the old database knows keep its ids."""
    database.execute('''UPDATE fresh.inputs SET source_id = COALESCE(
        (SELECT m.dataset_uuid FROM fresh.datasets f JOIN main.datasets m USING (experiment_id, name, digest)
         WHERE f.dataset_uuid = source_id), source_id) WHERE source_type = 'DATASET' ''')
    copy_rows(database, 'datasets', 'TRUE', how='INSERT OR IGNORE')


def take_run(database, run):
    database.execute('''DELETE FROM main.input_tags WHERE input_uuid IN
        (SELECT input_uuid FROM main.inputs WHERE source_id = :run OR destination_id = :run)''', {'run': run})
    database.execute('DELETE FROM main.inputs WHERE source_id = :run OR destination_id = :run', {'run': run})
    for table in BY_RUN:
        database.execute(f'DELETE FROM main.{table} WHERE run_uuid = ?', (run,))
    for table in ('runs', 'tags', *BY_RUN):
        copy_rows(database, table, 'run_uuid = ?', (run,))
    copy_rows(database, 'inputs', 'source_id = :run OR destination_id = :run', {'run': run})
    copy_rows(database, 'input_tags', '''input_uuid IN (SELECT input_uuid FROM fresh.inputs
        WHERE source_id = :run OR destination_id = :run)''', {'run': run})
    copy_rows(database, 'logged_models', 'source_run_id = ?', (run,))
    for table in BY_MODEL:
        copy_rows(database, table, 'model_id IN (SELECT model_id FROM fresh.logged_models WHERE source_run_id = ?)', (run,))


def take_versions(database, name):
    """Versions that the old database lacks, with its next numbers; aliases move within what came from the file store."""
    numbers = {}  # of the file store → of the old database
    versions = database.execute('SELECT version, source FROM fresh.model_versions WHERE name = ? ORDER BY version', (name,))
    for version, source in versions.fetchall():
        known = database.execute('SELECT version FROM main.model_versions WHERE name = ? AND source = ?', (name, source)).fetchone()
        last = database.execute('SELECT MAX(version) FROM main.model_versions WHERE name = ?', (name,)).fetchone()[0] or 0
        numbers[version] = known[0] if known else last + 1
        if known:
            continue
        for table in ('model_versions', 'model_version_tags'):
            # Negative first: the new number may still be an old one here.
            database.execute(f'UPDATE fresh.{table} SET version = ? WHERE name = ? AND version = ?', (-numbers[version], name, version))
            copy_rows(database, table, 'name = ? AND version = ?', (name, -numbers[version]))
            database.execute(f'UPDATE main.{table} SET version = -version WHERE name = ? AND version < 0', (name,))
    aliases = database.execute('SELECT alias, version FROM fresh.registered_model_aliases WHERE name = ?', (name,))
    for alias, version in aliases.fetchall():
        there = database.execute('SELECT version FROM main.registered_model_aliases WHERE name = ? AND alias = ?', (name, alias)).fetchone()
        if there is None:
            database.execute('UPDATE fresh.registered_model_aliases SET version = ? WHERE name = ? AND alias = ?',
                             (numbers[version], name, alias))
            copy_rows(database, 'registered_model_aliases', 'name = ? AND alias = ?', (name, alias))
        elif there[0] in numbers.values():
            database.execute('UPDATE main.registered_model_aliases SET version = ? WHERE name = ? AND alias = ?',
                             (numbers[version], name, alias))


def bring_in(fresh, target):
    database = sqlite3.connect(target)
    database.execute('ATTACH ? AS fresh', (fresh,))
    with database:
        join_experiments(database)
        join_datasets(database)
        runs = new_runs(database)
        for run in runs:
            take_run(database, run)
        copy_rows(database, 'registered_models', 'TRUE', how='INSERT OR IGNORE')
        copy_rows(database, 'registered_model_tags', 'TRUE', how='INSERT OR IGNORE')
        for name, in database.execute('SELECT name FROM fresh.registered_models').fetchall():
            take_versions(database, name)
    database.close()
    return len(runs)


def main():
    if len(sys.argv) != 3:
        sys.exit('usage: import-mlruns.py MLRUNS mlflow.db')
    mlruns, target = map(os.path.abspath, sys.argv[1:])
    if not any(name.isdigit() for name in os.listdir(mlruns)):
        sys.exit(0)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(target)) as scratch:
        fresh = os.path.join(scratch, 'fresh.db')
        run_mlflow('migrate-filestore', '--source', mlruns, '--target', f'sqlite:///{fresh}', '--no-progress')
        # An empty or older database gets today's tables.
        run_mlflow('db', 'upgrade', f'sqlite:///{target}')
        runs = bring_in(fresh, target)
    print(f'{runs} new or changed runs brought in from {mlruns}')


if __name__ == '__main__':
    main()
