from pydantic import BaseModel


class Settings(BaseModel):
    name: str
    theme: str = "dark"
    language: str | None = None
    layout: str = "wide"


class Config(BaseModel):
    ui: Settings


config = Config(ui=Settings(name="shop"))
