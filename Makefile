# Short names for the developer's chores. `make demo` and `make test` are
# enough by themselves on a bare Debian 12 or 13.
.PHONY: demo test check bench bench-quick lint format document site coverage fuzz \
	sanitize kill mutants test-cluster bare-machine windows compilers bioccheck \
	clean

demo:
	@tools/demo
test:
	@tools/test
check:
	@tools/check
bioccheck:
	@tools/bioccheck
bench:
	@tools/bench
bench-quick:
	@tools/bench quick
lint:
	@tools/lint
format:
	clang-format -i src/*.h* src/rcpp_*.cpp src/r_*.cpp src/core/*/*.[hci]* \
		tests/cpp/*.hpp tests/cpp/*/*.cpp
document:
	@tools/document
site:
	@tools/site
coverage:
	@tools/coverage
fuzz:
	@tools/setup sanitize
	@tools/install
	@$(MAKE) -C tests/fuzz fuzz
sanitize:
	@tools/setup sanitize
	@tools/install
	@tests/sanitize.sh
kill:
	@tools/install
	@R_LIBS="$$PWD/.build/library" Rscript tests/kill/kill.R 200
mutants:
	@tools/install
	@$(MAKE) -s -C tests/cpp
	@Rscript tests/mutants/mutants.R
test-cluster:
	@tools/setup cluster
	@tools/install
	@R_LIBS="$$PWD/.build/library" Rscript tests/cluster/engine.R
	@tools/slurm-test
windows:
	@tools/windows
compilers:
	@tools/compilers
bare-machine:
	@tools/bare-machine
clean:
	rm -rf .build docs clustcr-demo
	sh cleanup
