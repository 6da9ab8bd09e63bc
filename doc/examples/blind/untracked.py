import referrers

settings = {"home": "".join(["/srv", "/shop"])}


def main():
    home = settings["home"]
    try:
        print(referrers.get_referrer_graph(home))
    except ValueError as error:
        print(error)
    print(referrers.get_referrer_graph(home, search_for_untracked_objects=True))


main()
