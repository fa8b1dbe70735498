test_that("counts are drawn without replacement, to the smallest sample", {
    d <- data.frame(
        repertoire_id = rep(c("a", "b", "c"), c(40, 30, 5)),
        junction_aa = c(sprintf("CASS%dF", 1:40), sprintf("CASS%dF", 1:30),
            sprintf("CASS%dF", 1:5)),
        duplicate_count = c(1:40, rep(3, 30), rep(10, 5))
    )
    expect_message(found <- downsampleRepertoires(d), "down to 50 counts")
    sums <- tapply(found$duplicate_count, found$repertoire_id, sum)
    expect_identical(as.vector(sums), c(50, 50, 50))
    at <- match(paste(found$repertoire_id, found$junction_aa),
        paste(d$repertoire_id, d$junction_aa))
    expect_true(all(found$duplicate_count <= d$duplicate_count[at]))
    expect_true(all(found$duplicate_count > 0))
    # Rows in another order, other samples: the same receptors.
    order <- withr::with_seed(1, sample(nrow(d)))
    other <- suppressMessages(downsampleRepertoires(d[order, ]))
    key <- function(t) sort(do.call(paste, t))
    expect_identical(key(other), key(found))
    alone <- downsampleRepertoires(d[d$repertoire_id == "a", ], 50)
    expect_identical(key(alone), key(found[found$repertoire_id == "a", ]))
    expect_false(identical(key(suppressMessages(downsampleRepertoires(d,
        seed = 1))), key(found)))
    expect_message(large <- downsampleRepertoires(d, 60), "1 sample has fewer")
    expect_identical(sum(large$duplicate_count), 170)
})

test_that("what is drawn has the mean of the hypergeometric distribution", {
    count <- c(500, 100, 10, 1, 0, 389)
    drawn <- vapply(1:400, function(seed) {
        clustcr:::draw_counts(count, 300, seed, "s")
    }, numeric(6))
    expect_true(all(colSums(drawn) == 300))
    share <- count / 1000
    sd <- sqrt(300 * share * (1 - share) * 700 / 999 / 400)
    expect_true(all(abs(rowMeans(drawn) - 300 * share) <= 4 * sd))
    variance <- apply(drawn, 1, stats::var)
    expect_equal(variance[1:2], (sd^2 * 400)[1:2], tolerance = 0.2)
    # More than half: those that are left out are drawn.
    drawn <- vapply(1:200, function(seed) {
        clustcr:::draw_counts(count, 900, seed, "s")
    }, numeric(6))
    expect_true(all(drawn <= count))
    expect_equal(rowMeans(drawn)[1:2], 900 * share[1:2], tolerance = 0.02)
})

test_that("matrices and associations are drawn, too", {
    x <- random_clusters(60, 20, 3, 9)
    x[, 11:20] <- x[, 11:20] * 5
    colnames(x) <- sprintf("s%02d", 1:20)
    found <- suppressMessages(downsampleRepertoires(x))
    expect_true(all(Matrix::colSums(found) == min(colSums(x))))
    expect_true(all(as.matrix(found) <= x))
    case <- stats::setNames(rep(c(0, 1), each = 10), colnames(x))
    deep <- attr(suppressMessages(associateClusters(x, case)), "summary")
    expect_lt(deep$depth$p_value, 0.01)
    expect_message(even <- associateClusters(x, case, depth = "downsample"),
        "down to")
    expect_identical(even$p_value, suppressMessages(associateClusters(found,
        case))$p_value)
    expect_null(attr(even, "summary")$depth)
    expect_error(associateClusters(x, case, "wilcoxon", value = "receptors",
        depth = "downsample"), class = "clustcr_error_invalid_argument")
    expect_error(downsampleRepertoires(x / 2), "whole numbers",
        class = "clustcr_error_invalid_argument")
    expect_error(downsampleRepertoires(data.frame(a = 1)), "repertoire_id",
        class = "clustcr_error")
    expect_error(downsampleRepertoires(1:3),
        class = "clustcr_error_invalid_argument")
})

test_that("clusterMatrix() draws from counts", {
    d <- data.frame(
        cluster = rep(1:4, each = 6), repertoire_id = rep(c("a", "b"), 12),
        junction_aa = sprintf("CASS%sF", LETTERS[rep(1:12, each = 2)]),
        duplicate_count = rep(c(10, 30), 12)
    )
    full <- clusterMatrix(d, "duplicate_count", "matrix")
    found <- suppressMessages(clusterMatrix(d, "duplicate_count", "matrix",
        depth = "downsample"))
    expect_identical(unname(Matrix::colSums(found)), c(120, 120))
    expect_identical(found[, "a"], full[, "a"])
    there <- suppressMessages(clusterMatrix(d, "presence", "matrix",
        depth = "downsample", size = 3))
    drawn <- suppressMessages(clusterMatrix(d, "duplicate_count", "matrix",
        depth = "downsample", size = 3))
    expect_equal(as.matrix(there), (as.matrix(drawn) > 0) + 0)
    expect_error(clusterMatrix(d, depth = "downsample", as = "matrix"),
        "downsampleRepertoires", class = "clustcr_error_invalid_argument")
})
