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
register(Template("loud", Style.LOUD))
def render(name, text):
    return text.upper() if templates[name].style is Style.LOUD else text
