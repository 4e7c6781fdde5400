def stamp(module, namespace):
    for name, value in namespace.items():
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("shop."):
            value.__module__ = module
            for inner in vars(value).values() if isinstance(value, type) else ():
                if getattr(inner, "__module__", "").startswith("shop."):
                    inner.__module__ = module
