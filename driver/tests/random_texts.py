"""Random scenarios of what is built, from a seed: weighted towards what meets in real bugs, not towards what is easy."""

import random

FAULTS = "nil-read nil-write nil-exec wild-read wild-write noexec div0 into bound ud2 priv int3 step icebp guard overflow x87 sse int2d".split()  # no platform differs in these
PANICKING_FAULTS = "nil-read nil-write nil-exec div0 into x87 sse overflow".split()
MAKERS = "seh try cxx gxx".split()
FRAMES = "pass catch catch catch resume finally refault".split()
CARRIERS = "enumwindows enumtimeformats qsort bsearch apc createthread timer threadpool wndproc fiber".split()
CODES = ("5", "0xE0000001", "0xE06D7363", "0x80000003")


class RandomTexts:
    def __init__(self, seed: int, tasks: int = 0):
        """`tasks`: how much there is of go, yield, wait and sync."""
        self.random = random.Random(seed)
        self.tasks = tasks

    def text(self) -> str:
        while True:
            text = self.managed(self.random.randint(3, 7))
            if text and len(text) < 900 and not ("cxx" in text and "raise 0xE06D7363" in text):
                return text  # Wine's C++ frames take a raise of their code for a throw, and read parameters that it has not

    def managed(self, room: int) -> str:
        choices = (
            (28, lambda: f"call {{ {self.foreign(room - 1)} }}"),
            (17, lambda: f"recover {{ {self.managed(room - 1)} }}"),
            (15, lambda: f"defer {{ {self.managed(room - 2)} }} {{ {self.managed(room - 1)} }}"),
            (10, lambda: self.random.choice(("panic", "panic 7"))),
            (3, lambda: "goexit"),
            (7, lambda: f"fault {self.random.choice(PANICKING_FAULTS if self.random.random() < 0.9 else FAULTS)}"),
            (4, lambda: f"panic-on-fault {{ {self.managed(room - 1)} }}"),
            (5, lambda: f"lock {{ {self.managed(room - 1)} }}"),
            (4, lambda: "check"),
            (3, lambda: "clobber"),
            (4, lambda: f"repeat {self.random.choice((1, 2, 5))} {{ {self.managed(room - 1)} }}"),
            (self.tasks * 6, lambda: f"go {{ {self.managed(room - 1)} }}"),
            (self.tasks * 6, lambda: self.random.choice(("yield", "wait", "traceback"))),
            (self.tasks * 5, lambda: self.meeting(room)),
        )
        return self.block(choices, room, (0, 1, 1, 1, 2, 2, 3))

    def meeting(self, room: int) -> str:
        """Two tasks that meet, wherever each of them stands then; now and then one waits for nobody."""
        rendezvous = f"sync {self.random.choice((1, 1, 2))}"
        here = rendezvous if self.random.random() < 0.9 else ""
        there = self.random.choice((rendezvous, f"call {{ back {{ {rendezvous} }} }}", f"lock {{ {rendezvous} }}"))
        return f"go {{ {self.managed(room - 2)} {there} {self.managed(room - 2)} }} {self.managed(room - 2)} {here}"

    def foreign(self, room: int) -> str:
        choices = (
            (35, lambda: f"back {{ {self.managed(room - 1)} }}"),
            (7, lambda: f"via {self.random.choice(CARRIERS)} {{ {self.managed(room - 1)} }}"),
            (5, lambda: f"args {self.random.choice(('cdecl', 'stdcall'))} {self.random.randint(0, 9)} {{ {self.managed(room - 1)} }}"),
            (25, lambda: f"seh {self.random.choice(FRAMES)} {{ {self.foreign(room - 1)} }}"),
            (14, lambda: f"try {self.random.choice(FRAMES)} {{ {self.foreign(room - 1)} }}"),
            (14, lambda: f"cxx {self.random.choice(FRAMES)} {{ {self.foreign(room - 1)} }}"),
            (9, lambda: "throw"),
            (9, lambda: f"gxx {self.random.choice(FRAMES)} {{ {self.foreign(room - 1)} }}"),
            (3, lambda: f"gxx catch {{ {self.foreign(room - 1)} gthrow }}"),
            (1, lambda: "gthrow"),
            (5, lambda: f"{self.random.choice(MAKERS)} refault {self.random.choice(FAULTS)} {{ {self.foreign(room - 1)} }}"),
            (4, lambda: f"thread {{ {self.foreign(room - 1)} }}"),
            (5, lambda: f"setjmp {{ {self.foreign(room - 1)} }}"),
            (5, lambda: "longjmp"),
            (1, lambda: f"{self.random.choice(MAKERS)} leak {{ {self.foreign(room - 1)} }}"),
            (8, lambda: f"raise {self.random.choice(CODES)}{self.random.choice(('', '', '', ' noncontinuable'))}"),
            (7, lambda: f"fault {self.random.choice(FAULTS)}"),
            (3, lambda: "clobber"),
            (4, lambda: f"repeat {self.random.choice((1, 2, 5))} {{ {self.foreign(room - 1)} }}"),
        )
        return self.block(choices, room, (0, 1, 1, 1, 2, 2))

    def block(self, choices, room: int, lengths) -> str:
        if room <= 0:
            return ""
        weights, makers = zip(*choices)
        operations = []
        for _ in range(self.random.choice(lengths)):
            operations.append(self.random.choices(makers, weights)[0]())
            if operations[-1].startswith(("panic ", "goexit")) or operations[-1] == "panic":
                break
        return " ".join(" ".join(operations).split())
