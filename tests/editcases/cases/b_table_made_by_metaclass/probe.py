import app

live, pressed = app.LIVE, app.Button.pressed


def answers():
    assert app.Button.handlers["press"] is app.Button.pressed is pressed and app.LIVE is live
    assert app.Button.handlers["open"] is app.Widget.handlers["open"] is app.Widget.opened
    return {event: handler(live) for event, handler in type(live).handlers.items()}


assert answers() == {"open": "opened 1", "press": "pressed 1"}
swap()
assert answers() == {"open": "opened 2", "close": "closed 2", "press": "pressed 2"}, answers()
swap("v1")
assert answers() == {"open": "opened 1", "press": "pressed 1"}, answers()
