import app

app.ROOM.members.append("ada")
app.NAMES.append("kitchen")
assert refused()
assert app.ROOM.members == ["ada"] and app.NAMES == ["lobby", "kitchen"]
