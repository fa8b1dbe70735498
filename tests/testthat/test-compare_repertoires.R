# Receptors x samples of a made-up cohort, and who is whose neighbor, by hand.
overlap_rows <- function(seed, n = 150, samples = 6) {
    withr::with_seed(seed, {
        pool <- random_cdr3(n, seed, 9:10)
        rows <- do.call(rbind, lapply(seq_len(samples), function(i) {
            data.frame(junction_aa = sample(pool, 60), duplicate_count =
                sample(1:20, 60, TRUE), repertoire_id = paste0("s", i))
        }))
    })
    rows$cluster <- 1L
    rows
}

naive_overlap <- function(rows, by, index) {
    counts <- tapply(rows$duplicate_count, rows[c("junction_aa",
        "repertoire_id")], sum, default = 0)
    linked <- diag(nrow(counts))
    if (by == "neighbors") {
        letters <- strsplit(rownames(counts), "")
        linked <- outer(seq_along(letters), seq_along(letters), Vectorize(
            function(i, j) {
                length(letters[[i]]) == length(letters[[j]]) &&
                    sum(letters[[i]] != letters[[j]]) <= 1
            })) + 0
    }
    n <- ncol(counts)
    found <- matrix(NA_real_, n, n, dimnames = list(colnames(counts),
        colnames(counts)))
    for (a in seq_len(n)) for (b in seq_len(n)) {
        x <- counts[, a]
        y <- counts[, b]
        product <- function(x, y) sum(outer(x, y) * linked)
        matched <- function(x, y) {
            sum(rowSums(linked[x > 0, y > 0, drop = FALSE]) > 0)
        }
        both <- (matched(x, y) + matched(y, x)) / 2
        found[a, b] <- switch(index,
            count = if (by == "neighbors") product(x, y) else both,
            jaccard = both / (sum(x > 0) + sum(y > 0) - both),
            morisita = 2 * product(x, y) / ((product(x, x) / sum(x)^2 +
                product(y, y) / sum(y)^2) * sum(x) * sum(y)),
            bray = 2 * sum(pmin(x, y)) / (sum(x) + sum(y)))
    }
    found
}

plain_overlap <- function(...) {
    found <- suppressMessages(repertoireOverlap(...))
    attributes(found)[c("by", "index")] <- NULL
    found
}

test_that("overlap of receptors and neighbors is that of all pairs", {
    rows <- overlap_rows(1)
    tables <- split(rows[c("junction_aa", "duplicate_count")],
        rows$repertoire_id)
    kept <- cohort_clusters(write_cohort(tables), v_gene = "none")
    for (by in c("receptor", "neighbors")) {
        for (index in c("jaccard", "morisita", "bray", "count")) {
            if (by == "neighbors" && index == "bray") next
            expected <- naive_overlap(rows, by, index)
            expect_equal(plain_overlap(rows, by, index), expected)
            expect_equal(plain_overlap(kept, by, index), expected)
            local({
                local_binding("ball_cells", 30)
                expect_equal(plain_overlap(kept, by, index, n_cpus = 2),
                    expected)
            })
        }
    }
})

test_that("overlap of clusters is that of their matrix", {
    x <- random_clusters(80, 7, 1)
    colnames(x) <- paste0("s", 1:7)
    pair <- function(f) {
        found <- outer(1:7, 1:7, Vectorize(function(a, b) f(x[, a], x[, b])))
        dimnames(found) <- list(colnames(x), colnames(x))
        found
    }
    expect_equal(plain_overlap(x, index = "jaccard"), pair(function(a, b) {
        sum(a > 0 & b > 0) / sum(a > 0 | b > 0)
    }))
    expect_equal(plain_overlap(x, index = "count"), pair(function(a, b) {
        sum(a > 0 & b > 0)
    }))
    expect_equal(plain_overlap(x, index = "bray", n_cpus = 2),
        pair(function(a, b) 1 - sum(abs(a - b)) / sum(a + b)))
    expect_equal(plain_overlap(x, index = "morisita"), pair(function(a, b) {
        2 * sum(a * b) / ((sum(a^2) / sum(a)^2 + sum(b^2) / sum(b)^2) *
            sum(a) * sum(b))
    }))
    x[, 3] <- 0
    expect_true(all(is.na(plain_overlap(x, index = "bray")[3, 3])))
    clusters <- cohort_clusters(cohort_folder())
    expect_equal(plain_overlap(clusters, index = "count"),
        plain_overlap(clusterMatrix(clusters, as = "matrix"), index = "count"))
})

test_that("the published overlap of neighbors comes out", {
    skip_without_shared()
    read <- function(name) {
        utils::read.delim(shared_path("data", "compairr", name))
    }
    rows <- rbind(read("seta.tsv"), read("setb.tsv"))
    expected <- as.matrix(utils::read.delim(shared_path("data", "compairr",
        "expected.tsv"), row.names = 1, check.names = FALSE))
    found <- repertoireOverlap(rows, "neighbors", "count",
        distance = "levenshtein", v_gene = "gene", j_gene = "gene")
    expect_equal(found[rownames(expected), colnames(expected)], expected +
        0)
    expect_identical(as.vector(t(expected)), c(0L, 7L, 45L, 0L))
    tables <- split(rows[c("junction_aa", "v_call", "j_call",
        "duplicate_count")], rows$repertoire_id)
    kept <- cohort_clusters(write_cohort(tables), distance = "levenshtein",
        v_gene = "gene", j_gene = "gene")
    of_run <- repertoireOverlap(kept, "neighbors", "count")
    expect_equal(of_run[rownames(expected), colnames(expected)], expected + 0)
})

test_that("what has no overlap is told", {
    rows <- overlap_rows(2)
    wrong <- "clustcr_error_invalid_argument"
    expect_error(repertoireOverlap(rows, "neighbors", "bray"), "`index`",
        class = wrong)
    expect_error(repertoireOverlap(rows, "clone"), "`by`", class = wrong)
    expect_error(repertoireOverlap(rows, "cluster", max_distance = 1), "rule",
        class = wrong)
    expect_error(repertoireOverlap(rows["junction_aa"], "receptor"),
        "`repertoire_id`", class = wrong)
})
