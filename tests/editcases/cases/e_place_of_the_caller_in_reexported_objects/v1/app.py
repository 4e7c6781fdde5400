from pkg.api import REGISTRY, UPLOAD

RELEASE = 1


def places():
    return {UPLOAD.file, *(one.file for one in REGISTRY.values())}
