from app import Cart
def is_cart(x):
    return isinstance(x, Cart)
