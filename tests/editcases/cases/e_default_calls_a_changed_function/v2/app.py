def version():
    return "lib/" + "2"


class Client:
    AGENT = version()

    def __init__(self, *, agent=version()):
        self.agent = agent
