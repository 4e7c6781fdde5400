from app import Thing
