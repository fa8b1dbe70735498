# One receptor a cell: by a slow and obvious version of the rule, and by hand.

pairs_of <- function(...) suppressMessages(pairChains(...))

random_chains <- function(n, seed) {
    withr::with_seed(seed, data.frame(
        cell_id = sample(c("", paste0("cell", 1:40)), n, TRUE),
        repertoire_id = sample(c("r1", "r2"), n, TRUE),
        locus = sample(c("TRA", "TRB", "TRB", "IGH", "", "Multi"), n, TRUE),
        v_call = sample(c("TRAV1-2", "TRBV2", "TRBV9", ""), n, TRUE),
        j_call = sample(c("TRAJ33", "TRBJ2-7", ""), n, TRUE),
        junction_aa = sample(c("", random_cdr3(20, seed)), n, TRUE),
        duplicate_count = sample(c(NA, 1:4), n, TRUE),
        productive = sample(c(TRUE, TRUE, NA, FALSE), n, TRUE)
    ))
}

# Row by row: the best chain of a cell and locus, and what the others are.
naive_pairs <- function(data) {
    locus <- ifelse(
        data$locus != "", data$locus,
        clustcr:::gene_locus(data$v_call, data$j_call)
    )
    reason <- ifelse(
        data$cell_id == "", "no_cell_id", ifelse(
            !locus %in% c("TRA", "TRB"), "other_locus", ifelse(
                data$productive %in% FALSE, "non_productive",
                ifelse(data$junction_aa == "", "no_cdr3", "")
            )
        )
    )
    count <- ifelse(is.na(data$duplicate_count), 1, data$duplicate_count)
    cells <- list()
    for (i in which(reason == "")) {
        cell <- paste(data$repertoire_id[i], data$cell_id[i])
        old <- cells[[cell]][[locus[i]]]
        rank <- function(k) {
            list(is.na(data$productive[k]), -count[k], data$junction_aa[k],
                data$v_call[k], data$j_call[k])
        }
        better <- is.null(old) ||
            do.call(order, c(Map(c, rank(i), rank(old)),
                list(method = "radix")))[1] == 1
        if (!is.null(old)) reason[if (better) old else i] <- "second_chain"
        if (better) cells[[cell]][[locus[i]]] <- i
    }
    side <- function(one, column) {
        vapply(cells, function(cell) {
            if (is.null(cell[[one]])) "" else data[[column]][cell[[one]]]
        }, "")
    }
    names <- c("junction_aa", "v_call", "j_call")
    table <- data.frame(
        cell_id = sub(".* ", "", names(cells)),
        repertoire_id = sub(" .*", "", names(cells))
    )
    for (name in names) {
        table[[paste0(name, "_alpha")]] <- unname(side("TRA", name))
        table[[paste0(name, "_beta")]] <- unname(side("TRB", name))
    }
    list(table = table, reason = table(reason[reason != ""]))
}

by_cell <- function(x) {
    x <- x[order(x$repertoire_id, x$cell_id, method = "radix"), ]
    rownames(x) <- NULL
    x
}

test_that("receptors are those of the rule, in any order of the rows", {
    for (seed in 1:12) {
        data <- random_chains(300, seed)
        # Not twice the same, for one of equals is as good as the other.
        data <- unique(data)
        found <- pairs_of(data)
        expected <- naive_pairs(data)
        columns <- names(expected$table)
        expect_identical(by_cell(found)[columns], by_cell(expected$table))
        skipped <- attr(found, "skipped")
        expect_equal(
            as.list(skipped[skipped > 0])[names(expected$reason)],
            as.list(expected$reason), ignore_attr = TRUE
        )
        chains <- sum(found$junction_aa_alpha != "") +
            sum(found$junction_aa_beta != "")
        expect_equal(chains + sum(skipped), nrow(data))
        other <- data[withr::with_seed(seed, sample(nrow(data))), ]
        again <- pairs_of(other)
        expect_identical(by_cell(again)[columns], by_cell(found)[columns])
        expect_identical(attr(again, "skipped"), skipped)
    }
})

test_that("the most UMIs of a productive chain win, then the letters", {
    chains <- data.frame(
        cell_id = "c", locus = c("TRA", rep("TRB", 4)),
        junction_aa = c("CAVF", "CASSF", "CASRF", "CASQF", "CASPF"),
        duplicate_count = c(1, 5, 5, 9, 7), productive = c(TRUE, TRUE, TRUE,
            FALSE, NA)
    )
    expect_message(
        found <- pairChains(chains),
        "Paired 1 cell: 1 with both.*1 not productive, 2 of which",
        class = "clustcr_message_pairs"
    )
    expect_identical(found$junction_aa_beta, "CASRF")
    expect_identical(
        attr(found, "cells"), c(paired = 1L, alpha = 0L, beta = 0L)
    )
    expect_identical(found$duplicate_count, 1)
})

test_that("cells of one chain are kept; gamma and delta have their names", {
    chains <- data.frame(
        cell_id = c(1, 2, 10, 100000), locus = c("TRG", "TRD", "TRG", "TRD"),
        junction_aa = c("CAF", "CDF", "CGF", "CTF")
    )
    found <- pairs_of(chains, locus = c("TRD", "TRG"))
    expect_identical(
        names(found),
        c("cell_id", "junction_aa_gamma", "junction_aa_delta",
            "duplicate_count")
    )
    expect_identical(found$cell_id, c("1", "2", "10", "100000"))
    expect_identical(found$junction_aa_delta, c("", "CDF", "", "CTF"))
    none <- pairs_of(chains)
    expect_identical(nrow(none), 0L)
    expect_identical(attr(none, "skipped")[["other_locus"]], 4)
    expect_identical(nrow(pairs_of(chains[0, ])), 0L)
})

test_that("barcodes of several repertoires are several cells", {
    chains <- data.frame(
        repertoire_id = c("a", "b"), cell_id = "AAAC-1",
        locus = c("TRA", "TRB"), junction_aa = c("CAVF", "CASSF")
    )
    expect_identical(nrow(pairs_of(chains)), 2L)
    expect_identical(nrow(pairs_of(chains[-1])), 1L)
})

test_that("what is no table of chains is refused", {
    chains <- data.frame(cell_id = "a", junction_aa = "CASSF")
    for (bad in list(NULL, 1, list(), chains[1], chains[2])) {
        expect_error(pairChains(bad), "`data` must",
            class = "clustcr_error_invalid_argument")
    }
    for (bad in list("TRA", c("TRA", "TRG"), NULL, 1:2, c("TRA", NA))) {
        expect_error(pairChains(chains, bad), "`locus` must",
            class = "clustcr_error_invalid_argument")
    }
})

test_that("a 10x file becomes receptors", {
    cells <- pairs_of(quiet(fixture("10x/filtered_v3.csv")))
    expect_identical(nrow(cells), 2L)
    expect_identical(cells$junction_aa_alpha, c("CAVRDSNYQLIW", ""))
    expect_identical(cells$v_call_beta, c("TRBV7-9", "TRBV28"))
    skip_without_shared()
    skip_if_not(dir.exists(shared_path("formats")))
    file <- shared_path("formats", "10x",
        "vdj_nextgem_hs_pbmc3_t_filtered_contig_annotations.csv.gz")
    chains <- quiet(file)
    cells <- pairs_of(chains)
    expect_identical(nrow(cells), length(unique(chains$cell_id)))
    expect_identical(attr(cells, "cells")[["paired"]], 1316L)
})
