import carts
import referrers

everything = list(carts.sessions.values())
graph = referrers.get_referrer_graph_for_list(everything)
print(graph.to_text(merged=True))
print()
print(referrers.why_all(everything))
