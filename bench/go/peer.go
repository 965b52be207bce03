// The Go side of the benchmark: the same round trips by Go's runtime on windows/386. Prints one JSON object a row.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const batches = 15

var sink *int

// fastest batch, since everything that disturbs only adds
func measure(name string, rounds int, work func(rounds int)) {
	best := time.Duration(1 << 62)
	work(rounds/10 + 1)
	for batch := 0; batch < batches; batch++ {
		begin := time.Now()
		work(rounds)
		if taken := time.Since(begin); taken < best {
			best = taken
		}
	}
	fmt.Printf("{\"name\": %q, \"peer_ns\": %.2f}\n", name, float64(best.Nanoseconds())/float64(rounds))
}

func recovering(work func()) {
	defer func() { recover() }()
	work()
}

func main() {
	program, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	callee, err := syscall.LoadDLL(filepath.Join(filepath.Dir(program), "bench-callee.dll"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	nothing := callee.MustFindProc("callee_nothing@0").Addr()
	back := callee.MustFindProc("callee_back@8").Addr()
	returns := syscall.NewCallback(func(argument uintptr) uintptr { return argument })
	panics := syscall.NewCallback(func(argument uintptr) uintptr { panic(1) })

	measure("call", 200000, func(rounds int) {
		for ; rounds > 0; rounds-- {
			syscall.Syscall(nothing, 0, 0, 0, 0)
		}
	})
	measure("call + callback", 200000, func(rounds int) {
		for ; rounds > 0; rounds-- {
			syscall.Syscall(back, 2, returns, 1, 0)
		}
	})
	measure("callback + panic + recover", 50000, func(rounds int) {
		for ; rounds > 0; rounds-- {
			recovering(func() { syscall.Syscall(back, 2, panics, 1, 0) })
		}
	})
	measure("panic + recover", 200000, func(rounds int) {
		for ; rounds > 0; rounds-- {
			recovering(func() { panic(1) })
		}
	})
	measure("fault + recover", 20000, func(rounds int) {
		for ; rounds > 0; rounds-- {
			recovering(func() { *sink = 1 })
		}
	})
}
