import os

if os.environ.get("SHOP") == "fixed":
    import shop_fixed as shop
else:
    import shop


def test_a_visit_ends(assert_freed):
    here = shop.Shop()
    here.visit("ann")
    with assert_freed(here.visits["ann"].basket):
        here.leave("ann")
