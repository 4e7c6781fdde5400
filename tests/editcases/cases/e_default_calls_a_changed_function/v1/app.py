def version():
    return "lib/" + "1"


class Client:
    AGENT = version()

    def __init__(self, *, agent=version()):
        self.agent = agent
