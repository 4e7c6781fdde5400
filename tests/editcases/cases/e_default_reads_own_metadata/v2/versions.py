from importlib import metadata


def own_version():
    try:
        return metadata.version("shopapp")
    except metadata.PackageNotFoundError:
        return "0"
