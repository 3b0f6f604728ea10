"""README.md and README.es.md say the same: headings, code, tables, links and figures; links of all documents lead somewhere."""
import collections
import os
import re
import sys
import unittest

sys.dont_write_bytecode = True
import documents  # noqa: E402

FIGURE = re.compile(r'\d(?:[\d.,\u00a0]*\d)?')


def sections(text):
    return re.split(r'^#+ .*$', documents.without_code(text), flags=re.MULTILINE)


def figures(text):
    """How often each number stands there; 4,290, 4290 and 4\u00a0290 are one."""
    plain = re.sub(r'\]\([^)]*\)|<!--.*?-->', ' ', text)
    numbers = [re.sub(r'[,\u00a0](?=\d{3}\b)', '', number) for number in FIGURE.findall(plain)]
    return collections.Counter(numbers)


def links(text):
    return re.findall(r'\]\(([^)\s]+)\)', documents.without_code(text))


def anchor(title):
    """As GitHub makes it of a heading."""
    return re.sub(r'[^\w\- ]', '', title.lower()).replace(' ', '-')


def differences(one, other):
    found = []
    for what, of in (('levels of headings', lambda text: [level for level, _ in documents.headings(text)]),
                     ('code blocks', documents.code_blocks),
                     ('rows of tables', lambda text: [part.count('\n|') for part in sections(text)]),
                     ('figures', lambda text: [figures(part) for part in sections(text)]),
                     ('links', lambda text: sorted(link for link in links(text)
                                                   if not link.startswith('#') and 'README' not in link))):
        if of(one) != of(other):
            found.append(what)
    return found


class ReadmesTest(unittest.TestCase):
    def test_both_say_the_same(self):
        self.assertEqual(differences(documents.read('README.md'), documents.read('README.es.md')), [])

    def test_differences_are_noticed(self):
        text = '# A\n\nSee [x](y), 4,290 of 10.5 %.\n\n| a |\n|---|\n\n## B\n\n```\nscripts/run\n```\n'
        self.assertEqual(differences(text, text.replace('4,290', '4290').replace('See', 'Véase')), [])
        for old, new, expected in (('## B', '### B', ['levels of headings']), ('scripts/run', 'scripts/test', ['code blocks']),
                                   ('10.5', '10.6', ['figures']), ('](y)', '](z)', ['links']),
                                   ('|---|', '|---|\n| b |', ['rows of tables'])):
            with self.subTest(new):
                self.assertEqual(differences(text, text.replace(old, new)), expected)

    def test_links_lead_somewhere(self):
        count = 0
        for path in documents.documents():
            for link in links(documents.read(path)):
                if re.match(r'https?://|\.\./\.\./deployments/', link):
                    continue
                count += 1
                with self.subTest(path, link=link):
                    file, _, place = link.partition('#')
                    target = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
                    self.assertTrue(os.path.exists(os.path.join(documents.ROOT, target)), target)
                    if place:
                        self.assertIn(place, [anchor(title) for _, title in documents.headings(documents.read(target))])
        self.assertGreater(count, 40)

    def test_the_index_names_every_page(self):
        index = documents.read('docs/README.md')
        pages = [path for path in documents.documents() if path.startswith('docs/') and path != 'docs/README.md']
        for path in pages:
            self.assertIn(f']({os.path.basename(path)})', index)

    def test_every_page_says_for_whom_it_is(self):
        for path in documents.documents():
            if path.startswith('docs/') or path == 'CONTRIBUTING.md':
                with self.subTest(path):
                    self.assertRegex(documents.read(path), r'\A# [^\n]+\n\nFor (whoever|everyone who) ')


if __name__ == '__main__':
    unittest.main()
