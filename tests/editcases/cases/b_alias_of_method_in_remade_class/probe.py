import dates

dates.Common.shown = staticmethod(lambda: "from outside")
old = dates.Common
swap()
assert dates.Common is old and dates.Common.__bases__ == (dates.Plain,)
own = vars(dates.Common)
assert own["toDate"] is own["to_date"] and own["Make"] is own["make"] and own["Size"] is own["size"]
assert dates.Common.toDate("1") == "day 1" and dates.Common.Make() is dates.Common and dates.Common().Size == 1
assert dates.Common.shown() == "from outside"
