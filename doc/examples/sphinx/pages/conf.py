project = "Shop"
extensions = ["referrers.sphinxext"]
