import app, user
held = app.make()
swap()
import app, user
assert held.f() == 2 and isinstance(held, app.Cart) and isinstance(held, app.Basket) and user.is_cart(held)
assert user.is_cart(app.make()) and app.Cart is app.Basket and app.Basket.__name__ == "Basket"
