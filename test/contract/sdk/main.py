"""Runs every topic; exit code 1 on a surprise. `--record FOLDER` writes the calls. Started by scripts/contract.ts."""
import logging
import sys
import warnings

from harness import Contract
from notebooks import custom, extras, notebooks
from others import errors, historical, keys
from pools import failures, pools, workloads
from reading import outside

warnings.simplefilter("ignore")
logging.disable()
surprises = 0
for topic in (pools, failures, workloads, notebooks, custom, extras, historical, keys, errors):
    contract = Contract(topic.__name__)
    try:
        topic(contract)
    except Exception as error:  # A call without an answer leaves nothing to go on with.
        contract.expect(topic.__name__, False, "ended early: %r" % error)
    surprises += contract.surprises
    if "--record" in sys.argv and not contract.surprises:
        contract.save(sys.argv[sys.argv.index("--record") + 1])
for model in sorted(outside):
    print("note    %s has no %s" % (model, ", ".join(sorted(outside[model]))))
print("%s surprises" % surprises)
sys.exit(1 if surprises else 0)
