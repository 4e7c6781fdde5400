from app import models
from sqlalchemy import select

db = models.open_session()
room = models.Room(name="lobby", messages=[models.Message(text="hello")])
db.add(room)
db.commit()
mapper, table = models.Message.__mapper__, models.Message.__table__
swap()
(held,) = room.messages
assert held.shown() == "# lobby: hello"
assert models.Message.__mapper__ is mapper and models.Message.__table__ is table
room.messages.append(models.Message(text="again"))
db.commit()
db.expire_all()
found = db.scalars(select(models.Message).order_by(models.Message.id)).all()
assert [one.shown() for one in found] == ["# lobby: hello", "# lobby: again"]
db.close()
models.engine.dispose()
