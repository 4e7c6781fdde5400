import dataclasses
from styles import Style
@dataclasses.dataclass
class Template:
    name: str
    style: Style
    words: tuple = ()
    def copy(self):
        return Template(self.name, self.style, self.words)
templates: dict[str, Template] = {}
def register(template):
    assert template.name not in templates
    templates[template.name] = template
register(Template("plain", Style.PLAIN))
register(Template("quiet", Style.QUIET, words=(Style.QUIET, Style.LOUD)))
register(Template("loud", Style.LOUD))
BY_STYLE = {style: [t for t in templates.values() if t.style is style] for style in Style}
DEFAULT = Template("default", Style.QUIET)
def render(name, text):
    if templates[name].style is Style.QUIET:
        return text.lower()
    return text.upper() if templates[name].style is Style.LOUD else text
