"""Every frame inside every other: seh, try, cxx and gxx, each kind, in both orders, met by everything that can go past them."""

from itertools import product

MAKERS = "seh try cxx gxx".split()
KINDS = "pass catch resume finally refault leak".split()
FRAMES = [f"{maker} {kind}" for maker, kind in product(MAKERS, KINDS)]

# What goes past the two: each text comes to an end of its own, so that one process runs them all.
MEETINGS = {
    "raise": "call {{ seh catch {{ {outer} {{ {inner} {{ raise 5 }} }} }} }}",
    "fault": "call {{ seh catch {{ {outer} {{ {inner} {{ fault nil-read }} }} }} }}",
    "throw": "call {{ seh catch {{ {outer} {{ {inner} {{ throw }} }} }} }}",
    "throw-to-catch": "call {{ seh catch {{ cxx catch {{ {outer} {{ {inner} {{ throw }} }} }} }} }}",
    "gthrow": "call {{ seh catch {{ gxx catch {{ {outer} {{ {inner} {{ gthrow }} }} }} }} }}",
    "raise-to-except": "call {{ try catch {{ {outer} {{ {inner} {{ raise 5 }} }} }} }}",
    "longjmp": "call {{ setjmp {{ {outer} {{ {inner} {{ longjmp }} }} }} }}",
    "behind-a-leak": "call {{ seh catch {{ {outer} {{ {inner} {{ }} }} throw }} }}",
    "raise-over-managed": "call {{ seh catch {{ {outer} {{ back {{ defer {{ check }} {{ call {{ {inner} {{ raise 5 }} }} }} }} }} }} }} check",
    "throw-over-managed": "call {{ seh catch {{ {outer} {{ back {{ defer {{ check }} {{ call {{ {inner} {{ throw }} }} }} }} }} }} }} check",
    "collided": "call {{ seh catch {{ {outer} {{ back {{ defer {{ check }} {{ defer {{ call {{ {inner} {{ throw }} }} }} {{ call {{ throw }} }} }} }} }} }} }}",
    "panic": "recover {{ call {{ {outer} {{ {inner} {{ back {{ panic }} }} }} }} }} clobber recover {{ fault nil-write }} "
    "call {{ try catch {{ fault nil-read }} cxx catch {{ throw }} gxx catch {{ gthrow }} }}",
}


def nested_texts(meeting: str) -> list[str]:
    return [" ".join(MEETINGS[meeting].format(outer=outer, inner=inner).split()) for outer, inner in product(FRAMES, FRAMES)]
