from versions import own_version


class Client:
    def __init__(self, *, agent=own_version()):
        self.agent = agent


def agent(text=own_version()):
    return text
