# The blocks of a profile as a list of matrices, a row for each sequence.
profile_blocks <- function(profiles) {
    size <- ncol(profiles) / 4
    lapply(0:3, function(b) {
        profiles[, b * size + seq_len(size), drop = FALSE]
    })
}

test_that("profiles are those of the published method", {
    skip_without_shared()
    golden <- golden_table("profiles_max24.tsv", check.names = FALSE)
    found <- encodeCdr3(golden$junction_aa, 24)
    expect_identical(dim(found), c(40L, 96L))
    expect_lt(max(abs(found - as.matrix(golden[-1]))), 1e-5)
})

test_that("each block holds a sequence in its middle, zeros around", {
    for (size in c(1, 2, 7, 8, 24)) {
        junction_aa <- strrep("C", seq_len(size))
        for (block in profile_blocks(encodeCdr3(junction_aa, size))) {
            for (n in seq_len(size)) {
                before <- (size - n) %/% 2
                expect_equal(which(block[n, ] != 0), before + seq_len(n))
            }
        }
    }
})

test_that("a residue has one value a block, wherever it stands", {
    junction_aa <- random_cdr3(50, 21)
    alone <- encodeCdr3(residues, 1)
    found <- encodeCdr3(junction_aa, 20)
    for (i in seq_along(junction_aa)) {
        n <- nchar(junction_aa[i])
        letters <- match(strsplit(junction_aa[i], "")[[1]], residues)
        cells <- (20 - n) %/% 2 + seq_len(n)
        for (b in 1:4) {
            expect_identical(
                found[i, (b - 1) * 20 + cells], alone[letters, b]
            )
        }
    }
})

test_that("mutation stability is z-scored over the residues", {
    stability <- encodeCdr3(residues, 1)[, 1]
    expect_equal(mean(stability), 0, tolerance = 1e-6)
    expect_equal(stats::sd(stability), 1, tolerance = 1e-6)
})

test_that("rows follow the input, repeated or not", {
    junction_aa <- random_cdr3(20, 22)
    order <- c(5, 5, 20:1)
    expect_identical(
        encodeCdr3(junction_aa[order], 16), encodeCdr3(junction_aa, 16)[order, ]
    )
    expect_identical(dim(encodeCdr3(character(), 16)), c(0L, 64L))
})

test_that("max_sequence_size must be a whole number from 1 to 1000", {
    for (bad in list(0, -1, 1001, 1.5, NA, Inf, "24", c(8, 9), NULL)) {
        expect_error(
            encodeCdr3("CASSF", bad), "`max_sequence_size` must be",
            class = "clustcr_error_invalid_argument"
        )
    }
    expect_identical(ncol(encodeCdr3("CASSF", 1000)), 4000L)
})

test_that("a sequence that is too long is refused by its number", {
    expect_error(
        encodeCdr3(c("CASS", "CASSF"), 4), "number 2, \"CASSF\".*too long",
        class = "clustcr_error_invalid_sequence"
    )
})
