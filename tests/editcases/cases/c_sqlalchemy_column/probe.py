from app import models
from sqlalchemy import select

db = models.open_session()
db.add(models.Room(name="lobby", messages=[models.Message(text="hello")]))
db.commit()
assert refused()
(held,) = db.scalars(select(models.Message)).all()
assert held.shown() == "hello" and not hasattr(held, "likes")
db.close()
models.engine.dispose()
