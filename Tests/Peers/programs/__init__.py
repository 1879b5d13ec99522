"""Random programs of callbacks: what each kind may say, in Node (`*.js`) and on the loop (`Tests/LoopPrograms`).

A program says what each of its callbacks does when it is called:

    main: tick 1, timeout 2, immediate 3
    1: microtask 4, cancel 2
    3: throw

A kind is three files of one name: `loop.py` draws its programs, `loop.js` and `Tests/LoopPrograms/LoopWords.swift` say
what its words do. The words of all kinds are one language, so a kind may also draw those of another.
"""

from .http import HTTP
from .loop import Loop
from .pool import Pool
from .sockets import Sockets
from .tasks import Tasks

KINDS = {kind.__name__.lower(): kind for kind in (HTTP, Loop, Pool, Sockets, Tasks)}
