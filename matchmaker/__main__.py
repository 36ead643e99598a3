"""`python -m matchmaker` is the command."""

from matchmaker.cli import main

main()
