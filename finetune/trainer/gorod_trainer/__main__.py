"""The command line: python -m gorod_trainer train|merge|check DIR."""

import sys

from gorod_trainer.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
