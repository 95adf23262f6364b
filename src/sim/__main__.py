"""``python -m sim`` does what the command ``sim`` does."""

from sim.cli import main

if __name__ == "__main__":
    main()
