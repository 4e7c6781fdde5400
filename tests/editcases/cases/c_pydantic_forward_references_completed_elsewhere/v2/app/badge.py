from pydantic import BaseModel


class Badge(BaseModel):
    colour: str
