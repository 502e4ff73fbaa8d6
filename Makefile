# The house's doors. Each is one line; whatever needs an `if` lives in xtask (run `cargo xtask` for the list).
.PHONY: run test check bench soak walk demo-reset dev

run:        ; @cargo xtask run
test:       ; @cargo xtask test
check:      ; @cargo xtask check
bench:      ; @cargo xtask bench
soak:       ; @cargo xtask soak
walk:       ; @cargo xtask walk
demo-reset: ; @cargo xtask demo-reset
dev:        ; @cargo xtask dev
