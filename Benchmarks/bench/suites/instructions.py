"""user-space instructions of a request, an echo, a delivery, by valgrind; fails at 3 % more than counts.txt has"""

from .. import limits
from ..counting import Instructions, costs
from ..works import WORKS


def run(options):
    return limits.table("instructions", costs(Instructions, options.programs, WORKS))
