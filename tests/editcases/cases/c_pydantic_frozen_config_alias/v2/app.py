
from pydantic import BaseModel, ConfigDict, Field
class M(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    user_id: int = Field(alias="userId", ge=1)
