from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator, model_validator
class M(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=3)
    age: int = 0
    @field_validator("name")
    @classmethod
    def check(cls, value):
        return value.strip().upper()
    @model_validator(mode="after")
    def both(self):
        if self.age < 0:
            raise ValueError("age")
        return self
    @computed_field
    @property
    def label(self) -> str:
        return "v2" + self.name
