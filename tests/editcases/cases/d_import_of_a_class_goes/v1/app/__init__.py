from . import rooms, tables, views
