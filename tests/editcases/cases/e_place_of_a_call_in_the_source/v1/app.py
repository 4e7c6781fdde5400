from actions import fitted

TABLE = {"last": fitted(lambda token: token), "all": fitted(lambda text, at, token: (text, at, token))}
