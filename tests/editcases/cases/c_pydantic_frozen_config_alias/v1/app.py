
from pydantic import BaseModel, ConfigDict, Field
class M(BaseModel):
    model_config = ConfigDict(extra="ignore")
    user_id: int = Field(alias="userId")
