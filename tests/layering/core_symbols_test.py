"""The compiled core prints nothing, ends no process, starts no thread and keeps no state: by the symbols in its library.

core_symbols_test.py LIBCATDOG_CORE.A
"""
import re
import subprocess
import sys
import unittest

FORBIDDEN = re.compile(
    r'^(_?exit|_Exit|quick_exit|abort|__assert_fail|printf|vprintf|fprintf|vfprintf|__printf_chk|__fprintf_chk|puts|putchar'
    r'|fputs|fwrite|perror|fopen|fopen64|open|open64|read|write|getenv|setenv|system|fork|pthread_create|signal|rand|srand'
    r'|time|gettimeofday|clock_gettime|std::(cout|cerr|clog|cin|thread::.*|__basic_file.*|random_device::.*))$')
# The stb_image that is compiled into it has settings of its own; no function of the core changes them.
NOT_OURS = {'decode_stb.cpp.o'}
CONSTANT_SECTIONS = ('.rodata', '.data.rel.ro', '.text', '.eh_frame', '.gcc_except_table')


def symbols(library):
    """(object, name, section) of each symbol; the section is '*UND*' where it comes from elsewhere."""
    listing = subprocess.run(['nm', '--demangle', '--format=sysv', library], capture_output=True, text=True, check=True)
    found, member = [], ''
    for line in listing.stdout.splitlines():
        heading = re.match(r'.*\[(\S+)\]:$', line)
        if heading:
            member = heading[1]
        cells = [cell.strip() for cell in line.split('|')]
        if len(cells) == 7 and cells[0] != 'Name':
            found.append((member, cells[0], cells[6], cells[3]))
    return found


class CoreSymbolsTest(unittest.TestCase):
    library = ''

    def test_needs_nothing_that_prints_ends_or_starts(self):
        undefined = {(member, name) for member, name, section, _ in symbols(self.library) if section == '*UND*'}
        self.assertGreater(len(undefined), 20, 'expected the listing of a library, found next to nothing')
        self.assertEqual([pair for pair in sorted(undefined) if FORBIDDEN.match(re.sub(r'@.*', '', pair[1]))], [])

    def test_keeps_no_state(self):
        state = [(member, name, section) for member, name, section, kind in symbols(self.library)
                 if kind in ('OBJECT', 'TLS') and section.startswith(('.bss', '.data', '.tbss', '.tdata', 'COMMON'))
                 and not section.startswith(CONSTANT_SECTIONS) and member not in NOT_OURS
                 and not name.startswith('DW.ref.')]  # how exceptions are found
        self.assertEqual(state, [])

    def test_the_pattern_knows_what_it_forbids(self):
        for name in ['printf', 'abort', 'exit', 'std::cout', '__assert_fail', 'pthread_create', 'fopen']:
            self.assertTrue(FORBIDDEN.match(name), name)
        for name in ['snprintf', 'memcpy', 'std::__throw_length_error', 'jpeg_read_header']:
            self.assertFalse(FORBIDDEN.match(name), name)


if __name__ == '__main__':
    CoreSymbolsTest.library = sys.argv.pop(1)
    unittest.main()
