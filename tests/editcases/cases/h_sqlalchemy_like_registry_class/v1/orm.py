TABLES = {}
class Meta(type):
    def __new__(meta, name, bases, ns):
        cls = super().__new__(meta, name, bases, ns)
        table = ns.get("__table__")
        if table is not None:
            if table in TABLES:
                raise RuntimeError(f"Table {table} is already defined")
            TABLES[table] = cls
        return cls
class Model(metaclass=Meta): ...
