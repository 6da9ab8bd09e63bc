import referrers


class Session:
    pass


sessions = {"user-7": Session()}


def main():
    session = sessions["user-7"]
    graph = referrers.get_referrer_graph(session)
    print(graph)
    graph.render("session.svg")
    print(referrers.why(session))


main()
