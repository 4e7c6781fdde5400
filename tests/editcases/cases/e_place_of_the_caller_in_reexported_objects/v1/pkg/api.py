from pkg.scalars import REGISTRY, UPLOAD
