"""`python -m referrers COMMAND`: one command for each question."""

try:
    from referrers._umbrella import main
except KeyboardInterrupt:
    import os
    os.write(2, b"referrers: interrupted\n")
    os._exit(130)

if __name__ == "__main__":
    raise SystemExit(main())
