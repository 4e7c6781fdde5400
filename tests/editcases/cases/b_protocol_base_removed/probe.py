import boxes

box, cls = boxes.box, boxes.Box
swap()
assert boxes.Box is cls and cls.__mro__ == (cls, object) and box.shown() == "new 1"
assert not {"__subclasshook__", "_is_protocol", "__protocol_attrs__"} & set(vars(cls))
