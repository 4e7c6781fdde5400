import app
app.config.ui.theme = "light"
swap()
import app
assert app.config.model_dump_json() == '{"ui":{"name":"shop","theme":"light","language":null,"layout":"wide"}}', app.config.model_dump_json()
app.config.ui.layout = "narrow"
assert app.config.ui.model_copy().layout == "narrow"

swap("v1")
assert app.config.model_dump_json() == '{"ui":{"name":"shop","theme":"light","layout":"narrow"}}', app.config.model_dump_json()
