"""catdog-evaluate on photos straight from files."""
import os
import shutil
import time
import unittest

from evaluate_case import BROKEN, EVALUATE, LABELS, EvaluateCase, read_json
from tool_testing import edited_bundle, interrupt_when, ppm, rows_of, run, striped, write


class EvaluatePhotosTest(EvaluateCase):
    def test_the_photos_that_the_training_held_out(self):
        store = self.make_store(self.pets)
        model, table = self.trained_on(store), self.path('predictions.csv')
        from_files, said = self.metrics(model, '--photos', self.pets, '--csv', table)
        from_store, _ = self.metrics(model, '--features', store)
        self.assertEqual(from_files['photos'], len(self.held_out(store)))
        self.assertEqual(from_files['unreadable'], 1)
        self.assertIn('1 file could not be read, such as pets/Dog/broken.jpg: expected', said)
        self.assertIn('held out from training', from_files['test_set'])
        for key in from_store:
            if key not in ('test_set', 'unreadable'):
                self.assertEqual(from_files[key], from_store[key], key)
        with open(table, 'rb') as file:
            rows = rows_of(file.read())
        self.assertEqual([row['path'] for row in rows], sorted('pets/' + path for path in self.held_out(store)))

    def test_without_a_model_the_one_that_comes_with_the_tool(self):
        os.mkdir(self.path('bin'))
        tool = shutil.copy(EVALUATE, self.path('bin'))
        command = [tool, '--photos', self.pets, '--external-data']
        self.refused(run(*command), self.path('share/catdog/model') + ': expected')
        shutil.copytree(self.model, self.path('share/catdog/model'))
        done = run(*command, cwd='/')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, self.evaluate(self.model, '--photos', self.pets, '--external-data').stdout)

    def test_another_seed_and_share_and_layout(self):
        for options in (('--seed', '7'), ('--validation', '0.5')):
            model = self.trained_on(self.make_store(self.pets, *options))
            self.refused(self.evaluate(model, '--photos', self.pets), 'held out the same photos', '--seed')
            metrics, _ = self.metrics(model, '--photos', self.pets, *options)
            self.assertEqual(metrics['photos'], 20 if '0.5' in options else 8)
        for i in range(12):
            write(self.path('flat', f'{LABELS[i % 2]}.{i}.ppm'), ppm(30, 30, striped(i)))
        model = self.trained_on(self.make_store(self.path('flat'), '--layout', 'flat'))
        metrics, _ = self.metrics(model, '--photos', self.path('flat'), '--layout', 'flat')
        self.assertEqual(metrics['photos'], 2)

    def test_a_fold_is_held_out_as_it_was_in_training(self):
        store, figures = self.make_store(self.pets), []
        held = set()
        for fold in ('1/2', '2/2'):  # which digests they have, a refusal tells
            model = self.trained_on(store, fold=fold, split_digest='unknown')
            done = self.evaluate(model, '--features', store)
            self.refused(done, 'held out the same photos')
            held.add(done.stderr.decode().split('held out the same photos (')[1][:12])
            refused = self.evaluate(model, '--photos', self.pets)
            figures.append(refused.stderr.decode().split('held out the same photos (')[1][:12])
        self.assertEqual(len(held), 2)
        self.assertEqual(held, set(figures), 'from files the folds are those of the store')

    def test_external_data_gives_what_catdog_classify_gives(self):
        table = self.path('predictions.csv')
        metrics, said = self.metrics(self.model, '--photos', self.pets, '--external-data', '--csv', table)
        self.assertEqual((metrics['photos'], metrics['unreadable']), (40, 1))
        self.assertIn('external data', metrics['test_set'])
        with open(table, 'rb') as file:
            rows = rows_of(file.read())
        expected = self.classified(self.pets)
        self.assertEqual(rows, expected)
        self.assertTrue(rows[[row['path'] for row in rows].index('pets/Dog/broken.jpg')]['error'])
        right = sum(row['label'] == row['path'].split('/')[1] for row in expected if not row['error'])
        self.assertEqual(metrics['accuracy'], right / 40)
        decisions = [row['decision'] for row in expected if not row['error']]
        self.assertEqual(metrics['decisions']['rejected'], decisions.count('none'))
        self.assertEqual(metrics['decisions']['uncertain'], decisions.count('uncertain'))
        self.assertGreater(decisions.count('none') + decisions.count('uncertain'), 0, 'else this shows nothing')
        for text in ('accuracy', '95 % interval', 'log-loss', 'rejected', 'uncertain', 'classified correctly'):
            self.assertIn(text, said)
        self.assertNotIn('source', said, 'one source needs no table')

    def test_what_was_trained_otherwise_is_refused(self):
        store = self.make_store(self.pets)
        model = self.trained_on(store)
        self.refused(self.evaluate(self.model, '--photos', self.pets), 'says what it was trained with', '--external-data')
        self.refused(self.evaluate(model, '--photos', self.pets, '--external-data'), 'leave --external-data out')
        self.write_photos(self.path('others'), {'Cat': 5, 'Dog': 5}, 100)
        self.refused(self.evaluate(model, '--photos', self.path('others')), 'expected a model trained on these photos',
                     '--external-data')
        self.assertEqual(self.metrics(model, '--photos', self.path('others'), '--external-data')[0]['photos'], 10)
        held = self.trained_on(store, 'other-split', split_digest='x' * 64)
        self.refused(self.evaluate(held, '--photos', self.pets), 'expected a model whose training held out the same photos')

    def test_what_is_no_test_set(self):
        self.write_photos(self.path('birds'), {'Bird': 2, 'Cat': 2, 'Dog': 2})
        self.refused(self.evaluate(self.model, '--photos', self.path('birds'), '--external-data'),
                     "expected folders named as the model's labels (Cat, Dog", "found 'Bird'")
        self.refused(self.evaluate(self.model, '--photos', self.path('nowhere'), '--external-data'), 'nowhere', 'found nothing')
        for name in LABELS:
            write(self.path('broken', name, '1.jpg'), BROKEN)
        for external in ([], ['--external-data']):
            model = self.model if external else self.trained_on(self.make_store(self.pets))
            self.refused(self.evaluate(model, '--photos', self.path('broken'), *external),
                         'expected' if not external else 'expected photos to measure with, found none that could be read')
        other = edited_bundle(self.model, self.path('other'), lambda card: card.update(labels=['Dog', 'Cat']))
        self.refused(self.evaluate(self.model, other, '--photos', self.pets, '--external-data'), 'Cat, Dog', 'Dog, Cat')

    def test_names_of_any_bytes_and_links(self):
        self.write_photos(self.path('elsewhere', 'deep'), {'.': 2}, 50)
        self.write_photos(self.path('photos'), {'Cat': 2, 'Dog': 2}, 60)
        os.symlink(self.path('elsewhere', 'deep', '50.ppm'), self.path('photos', 'Cat', 'link.ppm'))
        write(os.path.join(os.fsencode(self.path('photos', 'Dog')), b'K\xe9 \\x.ppm').decode('utf-8', 'surrogateescape'),
              ppm(20, 20, striped(70)))
        before = sorted(os.listdir(self.root))
        table = self.path('predictions.csv')
        metrics, _ = self.metrics(self.model, '--photos', './photos/', '--external-data', '--csv', table, cwd=self.root)
        self.assertEqual(metrics['photos'], 6)
        with open(table, 'rb') as file:
            self.assertEqual(rows_of(file.read()), self.classified(self.path('photos')))
        self.assertEqual(sorted(set(os.listdir(self.root)) - set(before)), ['metrics.json', 'predictions.csv'])

    def test_negatives(self):
        things = self.path('things')
        self.write_photos(things, {'a': 6, 'b': 6}, 200)
        write(os.path.join(things, 'broken.jpg'), BROKEN)
        metrics, said = self.metrics(self.model, '--photos', self.pets, '--external-data', '--negatives', things)
        decisions = [row['decision'] for row in self.classified(things) if not row['error']]
        detected = decisions.count('none') + decisions.count('uncertain')
        self.assertEqual([metrics['negatives'][key] for key in ('photos', 'detected', 'rejected', 'uncertain')],
                         [12, detected, decisions.count('none'), decisions.count('uncertain')])
        self.assertEqual(metrics['unreadable'], 2)
        self.assertEqual(metrics['photos'], 40, 'negatives are no photos of a class')
        self.assertIn(f'{detected} of 12 negatives are detected', said)
        lines = [line.split() for line in said.splitlines()]
        self.assertEqual([line[0] for line in lines if line and line[0] in ('pets', 'things', 'all')],
                         ['pets', 'things', 'all'])
        self.assertEqual([one['source'] for one in metrics['by_source']], ['pets', 'things'])
        self.assertEqual(metrics['by_source'][1]['detected'], detected / 12)
        write(self.path('text', 'a.txt'), b'no picture')
        self.refused(self.evaluate(self.model, '--photos', self.pets, '--external-data', '--negatives', self.path('text')),
                     'expected photos to measure with, found none that could be read')

    def test_negatives_beside_photos_held_out(self):
        store = self.make_store(self.pets)
        self.write_photos(self.path('things'), {'a': 6}, 200)
        metrics, _ = self.metrics(self.trained_on(store), '--photos', self.pets, '--negatives', self.path('things'))
        self.assertEqual((metrics['photos'], metrics['negatives']['photos']), (len(self.held_out(store)), 6))

    def test_sources(self):
        wild = self.path('wild')
        self.write_photos(wild, {'one/Cat': 5, 'one/Other': 3, 'two/Cat': 2, 'two/Dog': 4, 'three/Other': 3}, 300)
        options = ('--photos', wild, '--layout', 'sources', '--negative-class', 'Other')
        metrics, said = self.metrics(self.model, *options, '--external-data')
        self.assertEqual([(one['source'], one['photos'], one['negatives']) for one in metrics['by_source']],
                         [('one', 5, 3), ('three', 0, 3), ('two', 6, 0)])
        rows = {row['path'][len('wild/'):]: row for row in self.classified(wild)}
        for one in metrics['by_source']:
            pets = [row for path, row in rows.items() if path.startswith(one['source'] + '/') and '/Other/' not in path]
            others = [row for path, row in rows.items() if path.startswith(one['source'] + '/Other/')]
            if pets:
                right = sum(row['label'] == row['path'].split('/')[2] for row in pets)
                self.assertEqual(one['accuracy'], right / len(pets))
                self.assertEqual(one['rejected'], sum(row['decision'] == 'none' for row in pets) / len(pets))
            if others:
                self.assertEqual(one['detected'], sum(row['decision'] in ('none', 'uncertain') for row in others) / len(others))
        total = next(line for line in said.splitlines() if line.startswith('all '))
        self.assertEqual((total.split()[1], total.split()[-3]), ('11', '6'))
        # Sources are held out as wholes, as catdog-features does.
        store = self.make_store(wild, '--layout', 'sources', '--negative-class', 'Other')
        held, _ = self.metrics(self.trained_on(store), *options)
        self.assertEqual(held['photos'] + held.get('negatives', {'photos': 0})['photos'], len(self.held_out(store)))

    def test_photos_that_a_list_leaves_out(self):
        listed = self.path('listed.txt')
        with open(listed, 'w', encoding='utf-8') as file:
            file.write('Cat/0.ppm\nCat/1.ppm\nCat/none.ppm\n')
        options = ('--photos', self.pets, '--external-data')
        some, _ = self.metrics(self.model, *options, '--exclude', listed)
        self.assertEqual(some['photos'], 38)
        self.assertRegex(some['exclusions_digest_of'], '^[0-9a-f]{64}$')
        self.assertIn('warning: 1 of 3 lines match no photo',
                      self.evaluate(self.model, *options, '--exclude', listed).stderr.decode())
        store = self.make_store(self.pets)  # known as the training's photos also without some
        self.refused(self.evaluate(self.trained_on(store), *options, '--exclude', listed), 'leave --external-data out')

    def test_metrics_are_recorded_in_the_bundle(self):
        model = edited_bundle(self.model, self.path('recorded'),
                              lambda card: card.update(metrics=[{'test_set': 'held out', 'accuracy': 1}], name='señal'))
        before = read_json(os.path.join(model, 'model.json'))
        for options in (['--threads', '1'], ['--threads', '3']):
            metrics, _ = self.metrics(model, '--photos', self.pets, '--external-data', '--record', 'web photos', *options)
        after = read_json(os.path.join(model, 'model.json'))
        self.assertEqual(sorted(os.listdir(model)), ['model.json', 'model.onnx'])
        self.assertEqual(list(after), list(before))
        self.assertEqual({**after, 'metrics': None}, {**before, 'metrics': None})
        self.assertEqual([one['test_set'] for one in after['metrics']], ['held out', 'web photos'])
        self.assertEqual({**metrics, **after['metrics'][1]}, {**metrics, 'test_set': 'web photos'})
        self.assertIn('accuracy', after['metrics'][1])

    def test_report_and_label_issues(self):
        report, issues = self.path('report.html'), self.path('issues.csv')
        done = self.evaluate(self.model, '--photos', self.pets, '--external-data', '--report', report, '--label-issues',
                             issues)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(issues, 'rb') as file:
            listed = rows_of(file.read())
        self.assertIn(f'{len(listed)} of 40 photos probably have a wrong label', done.stdout.decode())
        with open(report, encoding='utf-8') as file:
            page = file.read()
        self.assertIn('external data', page)
        self.assertGreater(page.count('data:image/jpeg;base64,'), 0)
        for row in listed:
            self.assertIn(f'alt="{row["path"]}"', page)

    def test_precision(self):
        options = ('--photos', self.pets, '--external-data')
        self.refused(self.evaluate(self.model, *options, '--precision', 'int16'), 'model.onnx')
        same, _ = self.metrics(self.model, *options, '--precision', 'float32')
        self.assertEqual(same['log_loss'], self.metrics(self.model, *options)[0]['log_loss'])

    def test_usage(self):
        for wrong in ([], [self.model], [self.model, '--photos', self.pets, '--features', 'x'],
                      [self.model, '--photos', ''], [self.model, '--photos', self.pets, '--layout', 'round'],
                      [self.model, '--features', 'x', '--negatives', 'y'], [self.model, '--photos', 'x', '--bogus'],
                      [self.model, self.model, '--photos', self.pets, '--record', 'x']):
            self.refused(self.evaluate(*wrong), 'catdog-evaluate', code=2)
        shown = self.evaluate('--help')
        self.assertEqual(shown.returncode, 0)
        for word in ('--photos', '--external-data', '--corruptions', '--negatives', '--label-issues', 'Examples:', 'Exit code'):
            self.assertIn(word, shown.stdout.decode())

    def test_ctrl_c_ends_it(self):
        photo = ppm(1, 1, (1, 2, 3)).replace(b'1 1', b'400 400') + bytes(3 * 400 * 400 - 3)
        for i in range(3000):  # half a minute of work, on one thread
            place = self.path('many', LABELS[i % 2], f'{i}.ppm')
            if i < 2:
                write(place, photo)
            else:
                os.link(self.path('many', LABELS[i % 2], f'{i % 2}.ppm'), place)
        begun = time.monotonic()
        code, seconds, said = interrupt_when(
            lambda: time.monotonic() > begun + 1.5,
            [EVALUATE, self.model, '--photos', self.path('many'), '--external-data', '--corruptions', '--threads', '1',
             '--json', self.path('never.json')])
        self.assertEqual(code, 1, said)
        self.assertLess(seconds, 20)
        self.assertFalse(os.path.exists(self.path('never.json')))


if __name__ == '__main__':
    unittest.main(verbosity=2)
