"""catdog-evaluate compare as a person uses it."""
import json
import os
import unittest

from evaluation_case import EVALUATE, EvaluationCase, make_data, run


class CompareToolTest(EvaluationCase):
    def compare(self, *arguments):
        return run(EVALUATE, 'compare', *arguments)

    def test_on_the_same_photos_with_mcnemars_test(self):
        short = self.train('short', '--fold', '1/3', '--network', 'cnn_small', epochs=1)
        table = self.path('table.json')
        done = self.succeeds(self.compare(self.folds[0], short, os.path.join(short, 'model'), '--features', self.features,
                                          '--json', table))
        with open(table, encoding='utf-8') as stream:
            result = json.load(stream)
        first, second, bare = result['models']
        self.assertEqual(first['photos'], second['photos'])
        self.assertEqual([second[key] for key in ('accuracy', 'f1', 'log_loss', 'ece', 'parameters')],
                         [bare[key] for key in ('accuracy', 'f1', 'log_loss', 'ece', 'parameters')])
        with open(os.path.join(self.folds[0], 'model', 'model.json'), encoding='utf-8') as stream:
            card = json.load(stream)
        self.assertEqual(first['parameters'], card['training']['parameters'])
        self.assertAlmostEqual(first['accuracy'], card['metrics'][0]['accuracy'], places=6)
        self.assertEqual(first['photos'], card['metrics'][0]['photos'])
        low, high = first['accuracy_interval']
        self.assertTrue(low < first['accuracy'] < high)
        self.assertTrue(all(row['milliseconds'] > 0 for row in result['models']))
        test = result['mcnemar']
        difference = round((first['accuracy'] - second['accuracy']) * first['photos'])
        self.assertEqual(test['only_first'] - test['only_second'], difference)
        self.assertTrue(0 <= test['p'] <= 1)
        for word in ('accuracy', '95 % interval', 'log-loss', 'ECE', 'parameters', 'ms/photo', "McNemar's test", 'fold-1'):
            self.assertIn(word, done.stdout)

    def test_a_model_against_itself_is_no_different(self):
        table = self.path('same.json')
        self.succeeds(self.compare(self.folds[0], self.folds[0], '--features', self.features, '--json', table))
        with open(table, encoding='utf-8') as stream:
            self.assertEqual(json.load(stream)['mcnemar'], {'only_first': 0, 'only_second': 0, 'exact': True, 'p': 1})

    def test_without_photos_the_figures_that_the_models_bring(self):
        done = self.succeeds(self.compare(*self.folds))
        for fold in self.folds:
            with open(os.path.join(fold, 'metrics.json'), encoding='utf-8') as stream:
                self.assertIn(f"{100 * json.load(stream)[0]['accuracy']:.2f} %", done.stdout)
        self.assertNotIn('McNemar\'s test of', done.stdout)
        self.assertIn('--features', done.stdout)

    def test_on_photos_that_are_new_to_all(self):
        make_data(self.path('others'), 9, planted=False)
        store = self.path('other-features')
        self.make_store(self.path('others'), store)
        self.fails(self.compare(*self.folds[:2], '--features', store), '--external-data')
        self.assertIn("McNemar's test", self.succeeds(self.compare(*self.folds, '--features', store, '--external-data')).stdout)

    def test_what_cannot_be_compared(self):
        self.fails(self.compare(*self.folds[:2], '--features', self.features), 'none of the models learned from', '--fold')
        self.fails(self.compare(self.folds[0], self.path('no-run')), 'no-run')
        self.assertEqual(self.compare(self.folds[0]).returncode, 2)
        self.assertEqual(self.compare('--help').returncode, 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
