import app
@app.show.register(float)
def _float(x):
    return "float"
