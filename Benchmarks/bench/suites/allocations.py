"""what a request, an echo, a delivery takes from the heap, exactly; fails at 3 % more than counts.txt has"""

from .. import limits
from ..counting import Allocations, costs
from ..works import WORKS


def run(options):
    return limits.table("allocations", costs(Allocations, options.programs, WORKS))
