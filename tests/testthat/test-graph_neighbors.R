test_that("the graph is that of comparing each pair", {
    for (seed in 1:5) {
        junction_aa <- random_cdr3(300, seed, 7:12)
        expected <- naive_hamming_pairs(junction_aa)
        expect_gt(nrow(expected), 100)
        expect_identical(hammingGraph(junction_aa), expected)
    }
})

test_that("a difference at any position of any length is found", {
    # Lengths around the 8-byte words sequences are kept in.
    for (length in c(1:10, 15:17, 23:25, 40)) {
        text <- strrep("C", length)
        near <- vapply(seq_len(length), function(at) {
            substr(text, at, at) <- "D"
            text
        }, "")
        expect_identical(
            hammingGraph(c(text, near)), naive_hamming_pairs(c(text, near))
        )
    }
})

test_that("all letters at one position are neighbours of each other", {
    junction_aa <- paste0("CAS", residues, "EQYF")
    found <- hammingGraph(junction_aa)
    expect_identical(nrow(found), 190L)
    expect_identical(found, naive_hamming_pairs(junction_aa))
})

test_that("order and repetition of the input do not matter", {
    junction_aa <- random_cdr3(200, 11)
    expected <- hammingGraph(junction_aa)
    expect_identical(hammingGraph(rev(junction_aa)), expected)
    expect_identical(hammingGraph(rep(junction_aa, 3)), expected)
})

test_that("the result does not depend on the threads", {
    junction_aa <- random_cdr3(3000, 12)
    expected <- hammingGraph(junction_aa, n_cpus = 1)
    expect_gt(nrow(expected), 1000)
    expect_identical(hammingGraph(junction_aa, n_cpus = 2), expected)
    expect_identical(hammingGraph(junction_aa, n_cpus = 4), expected)
})

test_that("graphs without edges have the same columns", {
    none <- data.frame(from = character(), to = character())
    expect_identical(hammingGraph(character()), none)
    expect_identical(hammingGraph("CASSF"), none)
    expect_identical(hammingGraph(c("CASSF", "CASSF")), none)
    # An insertion is no substitution.
    expect_identical(hammingGraph(c("CASSF", "CASSLF")), none)
    expect_identical(hammingGraph(c("CASSF", "CAGGF")), none)
})

test_that("the golden graphs come out exactly", {
    skip_without_shared()
    for (set in c("hip20k", "hip60k")) {
        expect_identical(
            hammingGraph(golden_sequences(set), n_cpus = 2), golden_edges(set)
        )
    }
})
