from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator
class M(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str = Field(max_length=10)
    age: int = 0
    @field_validator("name")
    @classmethod
    def check(cls, value):
        return value.strip()
    @computed_field
    @property
    def label(self) -> str:
        return "v1" + self.name
