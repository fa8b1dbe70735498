# Consistency pair by pair, as the words of the paper have it.
naive_consistency <- function(counts) {
    n <- sum(counts)
    sum <- 0
    while (length(counts) && max(counts) > 0) {
        # Down the columns: the first label first.
        at <- arrayInd(which.max(counts), dim(counts))
        sum <- sum + counts[at]
        counts <- counts[-at[1], -at[2], drop = FALSE]
    }
    sum / n
}

naive_metrics <- function(cluster, label) {
    counts <- unclass(table(cluster, label))
    largest <- apply(counts, 1, max)
    c(
        sum(largest) / sum(counts), mean(largest / rowSums(counts) >= 0.9),
        naive_consistency(counts), sum(apply(counts, 2, max)) / sum(counts)
    )
}

# Some receptors, in clusters and not, some of them labelled.
labelled_clusters <- function(seed) {
    withr::with_seed(seed, {
        junction_aa <- random_cdr3(200, seed)
        list(
            clusters = data.frame(
                junction_aa = junction_aa[1:150],
                cluster = sample(1:30, 150, TRUE)
            ),
            labels = data.frame(
                junction_aa = junction_aa[81:200],
                label = sample(LETTERS[1:4], 120, TRUE)
            )
        )
    })
}

test_that("metrics are those of the table of clusters and labels", {
    for (seed in 1:5) {
        d <- labelled_clusters(seed)
        both <- merge(d$clusters, d$labels)
        found <- clusterMetrics(d$clusters, d$labels, permutations = 5)
        expect_identical(found$metric,
            c("retention", "purity", "purity90", "consistency",
                "inverse_purity"))
        expect_equal(found$value,
            c(70 / 120, naive_metrics(both$cluster, both$label)))
        expect_identical(unname(attr(found, "counts")[1:2]), c(120L, 70L))
    }
})

test_that("the baseline is that of clusters filled at random", {
    d <- labelled_clusters(6)
    both <- merge(d$clusters, d$labels)
    found <- clusterMetrics(d$clusters, d$labels, permutations = 2000)
    naive <- withr::with_seed(1, replicate(
        2000, naive_metrics(sample(both$cluster), both$label)
    ))
    # Two means of 2,000 draws each.
    error <- sqrt(2 / 2000) * apply(naive, 1, stats::sd)
    expect_true(all(
        abs(found$baseline[-1] - rowMeans(naive)) < 5 * error
    ))
    expect_equal(found$baseline_sd[-1], apply(naive, 1, stats::sd),
        tolerance = 0.1)
})

test_that("perfect clusters are perfect", {
    x <- data.frame(
        junction_aa = random_cdr3(40, 7), label = rep(c("A", "B"), each = 20)
    )
    x$cluster <- match(x$label, c("A", "B"))
    found <- clusterMetrics(x, x)
    expect_equal(found$value, rep(1, 5))
    expect_lt(found$baseline[2], 0.75)
})

test_that("a receptor with several labels counts with each", {
    clusters <- data.frame(junction_aa = c("CAF", "CGF"), cluster = 1)
    labels <- data.frame(
        junction_aa = c("CAF", "CAF", "CAF", "CGF"),
        label = c("A", "B", "B", "A")
    )
    expect_equal(clusterMetrics(clusters, labels)$value,
        c(1, 2 / 3, 0, 2 / 3, 1))
})

test_that("a cluster stands for one label, and a label for one cluster", {
    metrics <- function(cluster, label) {
        junction_aa <- random_cdr3(length(cluster), 11)
        found <- clusterMetrics(data.frame(junction_aa, cluster),
            data.frame(junction_aa, label), permutations = 1)
        stats::setNames(found$value, found$metric)
    }
    # All in one cluster: half of it is right, though no label is divided.
    one <- metrics(rep(1, 4), c("A", "A", "B", "B"))
    expect_identical(one[["consistency"]], 0.5)
    expect_identical(one[["inverse_purity"]], 1)
    # The largest count first: 5 of A in 1, and so not the 4 of B in 1 or the
    # 4 of A in 2, which would be 8.
    greedy <- metrics(rep(c(1, 1, 2, 2), c(5, 4, 4, 1)),
        rep(c("A", "B", "A", "B"), c(5, 4, 4, 1)))
    expect_equal(greedy[["consistency"]], 6 / 14)
    # Three labels, two clusters: a label has none.
    expect_equal(metrics(c(1, 1, 2, 2), c("A", "A", "B", "C"))[[
        "consistency"]], 3 / 4)
    # Of equal counts the first label, then the first cluster.
    # With the other cluster for A, B would have none.
    expect_equal(metrics(c(2, 1, 2), c("A", "A", "B"))[["consistency"]], 2 / 3)
    rows <- c(7, 2, 9, 1, 5, 3, 10, 4, 8, 6)
    cluster <- c("x", "x", "y", "y", "y", "z", "z", "z", "z", "x")
    label <- c("A", "B", "B", "B", "C", "C", "C", "A", "A", "B")
    expect_identical(metrics(cluster[rows], label[rows]),
        metrics(cluster, label))
})

test_that("nine of ten are pure enough", {
    junction_aa <- random_cdr3(40, 12)
    # 9 of 10, 8 of 10 and 18 of 20.
    cluster <- rep(1:3, c(10, 10, 20))
    label <- rep(c("A", "B", "C", "D", "E", "F"), c(9, 1, 8, 2, 18, 2))
    found <- clusterMetrics(data.frame(junction_aa, cluster),
        data.frame(junction_aa, label), permutations = 1)
    expect_equal(found$value[found$metric == "purity90"], 2 / 3)
})

test_that("genes can tell receptors apart", {
    clusters <- data.frame(
        junction_aa = c("CAF", "CAF"), v_call = c("TRBV1*01", "TRBV2"),
        cluster = 1:2
    )
    labels <- data.frame(
        junction_aa = c("CAF", "CAF", "CDF"), v_call = c("TRBV1*02", "TRBV2",
            "TRBV1"), epitope = c("A", "B", "A")
    )
    expect_error(clusterMetrics(clusters, labels, "epitope"), "genes may tell",
        class = "clustcr_error_invalid_argument")
    found <- clusterMetrics(clusters, labels, "epitope", v_gene = "gene")
    expect_equal(found$value, c(2 / 3, 1, 1, 1, 1))
    # TRBV1*01 and *02 are two alleles.
    found <- clusterMetrics(clusters, labels, "epitope", v_gene = "allele")
    expect_equal(found$value[1], 1 / 3)
})

test_that("genes are as asked for, whatever the clusters' own rule", {
    d <- data.frame(junction_aa = c("CASSLGQAYEQYF", "CASSPGQAYEQYF"),
        v_call = "TRBV1*01", j_call = c("TRBJ1-1*01", "TRBJ2-1*01"))
    x <- Clustering(method = "mcl", v_gene = "gene")$fit(d)
    labels <- transform(d, label = "x", v_call = c("TRBV1*02", "TRBV2*01"),
        j_call = c("TRBJ1-1", "TRBJ2-2"))
    retention <- function(...) clusterMetrics(x, labels, ...)$value[1]
    expect_identical(retention(), 1 / 2)
    expect_identical(retention(v_gene = "none"), 1)
    expect_identical(retention(by = "junction_aa"), 1)
    expect_identical(retention(v_gene = "allele"), 0)
    expect_error(retention(j_gene = "gene"), "lacks `j_call`",
        class = "clustcr_error_invalid_argument")
    rows <- cbind(d, cluster = 1)
    by_j <- function(...) clusterMetrics(rows, labels, ...)$value[1]
    expect_identical(by_j(j_gene = "gene"), 1 / 2)
    expect_identical(by_j(v_gene = "family", j_gene = "family"), 1 / 2)
    expect_identical(by_j(j_gene = "family"), 1)
})

test_that("the caller's random numbers are untouched, and the seed counts", {
    d <- labelled_clusters(8)
    set.seed(5)
    before <- .Random.seed
    one <- clusterMetrics(d$clusters, d$labels, seed = 1)
    expect_identical(.Random.seed, before)
    expect_identical(clusterMetrics(d$clusters, d$labels, seed = 1), one)
    withr::with_seed(1, .rng_kind = "Wichmann-Hill", {
        expect_identical(clusterMetrics(d$clusters, d$labels, seed = 1), one)
    })
    expect_false(identical(
        clusterMetrics(d$clusters, d$labels, seed = 2)$baseline, one$baseline
    ))
})

test_that("nothing clustered is no number, and bad input is refused", {
    d <- labelled_clusters(9)
    none <- d$clusters[0, ]
    found <- clusterMetrics(none, d$labels)
    expect_identical(found$value, c(0, NaN, NaN, NaN, NaN))
    refused <- function(pattern, ..., kind = "invalid_argument") {
        expect_error(clusterMetrics(...), pattern,
            class = paste0("clustcr_error_", kind))
    }
    refused("lacks `cluster`", d$labels, d$labels)
    refused("lacks `epitope`", d$clusters, d$labels, "epitope")
    refused("none of its 120 rows", d$clusters,
        transform(d$labels, label = NA), kind = "labels")
    refused("`by`", d$clusters, d$labels, by = "v_call")
    refused("lacks `v_call`", d$clusters, d$labels, v_gene = "gene")
    refused("`v_gene` must be one of", d$clusters, d$labels, v_gene = TRUE)
    refused("compares cells", d$clusters, d$labels, by = "cell_id",
        j_gene = "gene")
    refused("`x` must be", 1:3, d$labels)
    refused("`labels` must be", d$clusters, "A")
})

test_that("real epitopes are purer than chance", {
    skip_without_shared()
    dash <- utils::read.csv(shared_path("data", "dash_human.csv"))
    labels <- data.frame(junction_aa = dash$cdr3_b_aa, label = dash$epitope)
    clusters <- Clustering(method = "mcl")$fit(labels$junction_aa)
    found <- clusterMetrics(clusters, labels)
    expect_gt(found$value[1], 0.2)
    expect_gt(found$value[2], 0.9)
    expect_gt(found$value[2] - found$baseline[2], 5 * found$baseline_sd[2])
    expect_gt(found$value[4], found$baseline[4])
})

test_that("clusters of pairs are measured by labels of pairs", {
    pairs <- data.frame(junction_aa_alpha = c("CAVSF", "CAVTF", "CAAAAF"),
        junction_aa_beta = c("CASSLGF", "CASSLGF", "CASSQQF"))
    fit <- Clustering(method = "mcl", chain = "AB")$fit(pairs)
    found <- clusterMetrics(fit, cbind(pairs, label = c("a", "a", "b")))
    expect_identical(found$value, c(2 / 3, 1, 1, 1, 1))
    expect_identical(publicClusters(fit)$length, clusterSummary(fit)$length)
    expect_error(annotateClusters(fit, data.frame(junction_aa = "CASSLGF",
        label = "a")), "`x` is of pairs",
        class = "clustcr_error_invalid_argument")
})
