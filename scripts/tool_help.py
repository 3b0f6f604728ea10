"""What a tool says of itself with --describe: what manual pages and completions are made of."""
import json
import re
import subprocess
from dataclasses import dataclass, field


@dataclass
class Option:
    names: list              # -h, --help; empty for what is named by its place
    placeholder: str         # for that: such as inputs
    value: str = ''          # such as DIR; empty for a flag
    choices: list = field(default_factory=list)
    range: str = ''          # such as '0 - 1024'
    default: str = ''
    required: bool = False
    many: bool = False
    group: str = ''          # such as Tracking; empty for what belongs to none
    text: str = ''           # one paragraph

    @property
    def takes(self):
        """What completes its value: 'choice', 'folder', 'file', or 'any' thing; 'nothing' where it has none."""
        if self.choices:
            return 'choice'
        if re.search(r'FILE|MODEL|BUNDLE|RUN|PART|TEXT', self.value):
            return 'file'
        return 'folder' if re.match(r'(DIR|FOLDER)', self.value) else 'any' if self.value else 'nothing'


@dataclass
class Description:
    name: str                # 'catdog-train', or with a subcommand 'catdog-train sync'
    version: str
    text: str                # one paragraph
    options: list            # those named by their place first
    footer: str              # examples and what else there is to say, as --help prints it
    subcommands: list = field(default_factory=list)  # of Description

    @property
    def usage(self):
        def of(option):
            word = option.placeholder + ('...' if option.many else '')
            return word if option.required else f'[{word}]'
        return ' '.join(['[OPTIONS]', *(of(option) for option in self.options if not option.names)])

    @property
    def command(self):
        return self.name.split()[-1]


def parse_option(said):
    option = Option(said['names'], said['placeholder'], default=said['default'], required=said['required'],
                    many=said['many'], group=said['group'].replace('Options', ''),
                    text=' '.join(said['description'].split()))
    # Type, then what is checked: 'TEXT:{one,two}', 'INT:INT in [0 - 9]', 'FOLDER[:WEIGHT]', 'one|two:value in …'.
    option.value, check = re.fullmatch(r'([^\s:\[]*(?:\[:?\w*\])?)(?::(.*))?', said['type'], re.DOTALL).groups()
    if choices := re.fullmatch(r'\{([^}]*)\}', check or ''):
        option.choices = choices[1].split(',')
    elif re.fullmatch(r'[a-z0-9]+(\|[a-z0-9]+)+', option.value):
        option.choices = option.value.split('|')
    if numbers := re.search(r'\[(.* - .*)\]', check or ''):
        option.range = numbers[1]
    return option


def parse_description(text):
    said = json.loads(text)
    return Description(said['name'], said['version'], ' '.join(said['description'].split()),
                       [parse_option(option) for option in said['options']], said['footer'].strip())


def ask(*command):
    return subprocess.run([*command, '--describe'], capture_output=True, text=True, timeout=60, check=True).stdout


def describe(tool):
    """The Description of a tool and of its subcommands: those that its footer names and that know themselves so."""
    main = parse_description(ask(tool))
    for word in dict.fromkeys(re.findall(rf'^ *{re.escape(main.name)} ([a-z]+) ', main.footer, re.MULTILINE)):
        command = parse_description(ask(tool, word))
        if command.name == f'{main.name} {word}':
            main.subcommands.append(command)
    return main
