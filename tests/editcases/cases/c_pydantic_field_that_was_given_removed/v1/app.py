from pydantic import BaseModel


class Features(BaseModel):
    speech: bool = False
    language: str = "en"


class Settings(BaseModel, frozen=True):
    name: str = "shop"
    debug: bool = False
    features: Features = Features()


SETTINGS = Settings.model_validate({"debug": True, "features": {"speech": True, "language": "de"}})
