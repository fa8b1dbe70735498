# Which values are tested: of clusters and of their matrix the same.

# Clusters of a cohort in which some clones are expanded.
expanded_clusters <- function(seed) {
    withr::with_seed(seed, {
        n <- 400
        rows <- data.frame(
            cluster = sample(12, n, TRUE),
            repertoire_id = sample(sprintf("s%02d", 1:20), n, TRUE),
            junction_aa = sample(random_cdr3(60, seed), n, TRUE),
            duplicate_count = 1 + stats::rgeom(n, 0.05) *
                (stats::runif(n) < 0.3)
        )
        rows$duplicate_count[5] <- 5000
        rows
    })
}

test_that("clusters and their matrix are tested alike", {
    x <- expanded_clusters(1)
    y <- stats::setNames(rep(c("no", "yes"), 10), sprintf("s%02d", 1:20))
    for (test in c("wilcoxon", "logistic", "fisher")) {
        found <- associateClusters(x, y, test)
        matrix <- clusterMatrix(x, as = "matrix")
        expect_identical(as.list(associateClusters(matrix, y, test)),
            as.list(found), ignore_attr = TRUE)
        skip_if_not_installed("SummarizedExperiment")
        expect_identical(associateClusters(clusterMatrix(x), y, test), found)
    }
})

test_that("each value is that of the table", {
    x <- expanded_clusters(2)
    y <- stats::setNames(rep(c("no", "yes"), 10), sprintf("s%02d", 1:20))
    cells <- function(value) {
        m <- clusterMatrix(x, value, "matrix")
        as.matrix(m)[as.character(unique(x$cluster)), names(y)]
    }
    counts <- xtabs(duplicate_count ~ cluster + repertoire_id, x)
    counts <- unclass(counts)[as.character(unique(x$cluster)), names(y)]
    once <- unique(x[c("cluster", "repertoire_id", "junction_aa")])
    receptors <- unclass(table(once$cluster, once$repertoire_id))[
        rownames(counts), names(y)]
    values <- list(duplicate_count = counts, receptors = receptors,
        presence = (counts > 0) + 0,
        log_count = log1p(1e4 * sweep(counts, 2, colSums(counts), "/")))
    for (value in names(values)) {
        for (test in c("wilcoxon", "logistic")) {
            found <- associateClusters(x, y, test, value = value)
            expected <- associateClusters(matrix(values[[value]], nrow(counts),
                dimnames = dimnames(counts)), y, test)
            expect_equal(found$p_value, expected$p_value, tolerance = 1e-10)
            expect_equal(found$estimate, expected$estimate, tolerance = 1e-6)
            expect_identical(attr(found, "summary")$value, value)
        }
    }
    # The default does not know how often a clone was read.
    more <- transform(x, duplicate_count = duplicate_count^2)
    expect_identical(associateClusters(more, y, "logistic"),
        associateClusters(x, y, "logistic"))
    expect_identical(associateClusters(x[-4], y, "logistic"),
        associateClusters(x, y, "logistic"))
})

test_that("a matrix is tested as it is, or by what is asked", {
    m <- random_clusters(10, 20, 4, 5)
    y <- rep(c("no", "yes"), 10)
    found <- associateClusters(m, y, "logistic")
    expect_identical(attr(found, "summary")$value, "as given")
    expect_identical(
        associateClusters(m, y, "logistic", value = "presence")$p_value,
        associateClusters(m > 0, y, "logistic")$p_value)
    depths <- sweep(m, 2, colSums(m), "/")
    expect_equal(
        associateClusters(m, y, "logistic", value = "log_count")$p_value,
        associateClusters(log1p(1e4 * depths), y, "logistic")$p_value)
    expect_error(associateClusters(replace(m, 3, -1), y, "logistic",
        value = "presence"), "negative",
        class = "clustcr_error_invalid_argument")
    expect_error(associateClusters(m, y, value = "counts"),
        "`value` must be one of", class = "clustcr_error_invalid_argument")
    empty <- m
    empty[, 3] <- 0
    expect_false(anyNA(associateClusters(empty, y, "wilcoxon",
        value = "log_count")$p_value[rowSums(empty) > 0]))
    skip_if_not_installed("SummarizedExperiment")
    held <- clusterMatrix(expanded_clusters(3), "duplicate_count")
    expect_identical(attr(associateClusters(held, y, "wilcoxon"),
        "summary")$value, "duplicate_count") |> suppressMessages()
    expect_error(associateClusters(held, y, "wilcoxon", value = "receptors"),
        "`value` must be what `x` holds, \"duplicate_count\"",
        class = "clustcr_error_invalid_argument")
})

test_that("print says what was tested", {
    x <- expanded_clusters(5)
    y <- stats::setNames(rep(c("no", "yes"), 10), sprintf("s%02d", 1:20))
    said <- function(...) {
        paste(utils::capture.output(print(associateClusters(x, y, ...))),
            collapse = "\n")
    }
    expect_match(said("logistic"), "Tested: different receptors")
    expect_match(said("wilcoxon", value = "log_count"), "per 10,000 of a")
    expect_match(said("logistic", value = "duplicate_count"),
        "Tested: counts of the cluster in a sample, as they are")
    expect_match(said(), "Tested: presence")
})
