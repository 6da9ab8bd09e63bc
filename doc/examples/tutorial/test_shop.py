import os

if os.environ.get("SHOP") == "mended":
    import shop_mended as shop
else:
    import shop


def test_a_visit_ends(assert_freed):
    here = shop.Shop()
    here.visit("ann")
    with assert_freed(here.visits["ann"].basket):
        here.leave("ann")
