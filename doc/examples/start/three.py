import referrers
from app import cache

graph = referrers.get_referrer_graph(cache.pages["/"])
print(graph)
print(referrers.why(cache.pages["/"]))
graph.render("page.svg")
