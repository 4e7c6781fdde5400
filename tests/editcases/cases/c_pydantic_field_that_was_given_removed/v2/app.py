from pydantic import BaseModel


class Features(BaseModel):
    language: str = "en"


class Settings(BaseModel, frozen=True):
    name: str = "shop"
    features: Features = Features()


SETTINGS = Settings.model_validate({"debug": True, "features": {"speech": True, "language": "de"}})
