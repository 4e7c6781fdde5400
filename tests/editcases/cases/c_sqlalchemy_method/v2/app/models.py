from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, validates


class Base(DeclarativeBase):
    pass


class Room(Base):
    __tablename__ = "room"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    messages: Mapped[list["Message"]] = relationship(back_populates="room")

    def title(self) -> str:
        return f"# {self.name}"


class Message(Base):
    __tablename__ = "message"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    room: Mapped[Room] = relationship(back_populates="messages")

    @validates("text")
    def strip(self, key: str, value: str) -> str:
        return value

    def shown(self) -> str:
        return f"{self.room.title()}: {self.text}"


engine = create_engine("sqlite://")


def open_session() -> Session:
    Base.metadata.create_all(engine)
    return Session(engine)
