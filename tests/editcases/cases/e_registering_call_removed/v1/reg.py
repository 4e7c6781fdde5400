ADAPTERS = []
TEMPLATES = {}


def adapter(cls):
    """Make it known."""
    ADAPTERS.append(cls())


def template(name, text, override=False):
    if not override:
        assert name not in TEMPLATES, name
    TEMPLATES[name] = text
