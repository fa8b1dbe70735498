naive_entropy <- function(letters) {
    share <- table(letters) / length(letters)
    -sum(share * log2(share))
}

naive_features <- function(members) {
    lengths <- table(nchar(members))
    length <- as.integer(names(lengths)[which.max(lengths)])
    common <- members[nchar(members) == length]
    entropy <- vapply(seq_len(length), function(i) {
        naive_entropy(substr(common, i, i))
    }, 0)
    inner <- mean(entropy[-c(1, length)])
    # A profile's blocks are the properties.
    profile <- encodeCdr3(members, 20)
    found <- data.frame(
        size = length(members), length = length, entropy = inner,
        entropy_corrected = inner + 19 / (2 * log(2) * length(common))
    )
    for (i in 1:4) {
        block <- profile[, (i - 1) * 20 + 1:20, drop = FALSE]
        value <- rowSums(block) / nchar(members)
        name <- c("mutation_stability", "z1", "z2", "z3")[i]
        found[paste0(name, c("_mean", "_var"))] <- c(mean(value),
            stats::var(value))
    }
    c(found, list(at = entropy))
}

test_that("features are those of looking at each cluster", {
    members <- random_cdr3(300, 5, 8:9)
    own <- withr::with_seed(5, sample(c(40:1, 3, 3), 300, TRUE))
    found <- clusterFeatures(
        data.frame(cluster = own, junction_aa = members)[c(1:300, 1:9), ],
        by_position = TRUE
    )
    expect_identical(found$cluster, unique(own))
    for (i in seq_len(nrow(found))) {
        known <- naive_features(members[own == found$cluster[i]])
        columns <- setdiff(names(known), "at")
        expect_equal(as.list(found[i, columns]), known[columns])
        at <- unlist(found[i, sprintf("entropy_%d", seq_along(known$at))])
        expect_equal(unname(at), known$at)
    }
    expect_true(all(is.na(found$entropy_9[found$length == 8])))
})

test_that("kept clusters, pairs and short ones have features", {
    x <- cohort_clusters(write_cohort(random_cohort(3, 60, 6)))
    expect_equal(clusterFeatures(x, TRUE), clusterFeatures(as.data.frame(x),
        TRUE))
    expect_identical(clusterFeatures(x)$size, clusterSummary(x)$size)

    pairs <- data.frame(cluster = 1, junction_aa_alpha = c("CAVF", "CAVF"),
        junction_aa_beta = c("CASSF", "CATSF"))
    found <- clusterFeatures(pairs)
    expect_equal(found$entropy_alpha, 0)
    expect_equal(found$entropy_beta, 1 / 3)
    expect_identical(found$z1_var_alpha, 0)

    short <- clusterFeatures(data.frame(cluster = 1:2, junction_aa = c("CF",
        "CXF")))
    expect_identical(short$entropy, c(NA, 0))
    expect_identical(short$z1_var, c(NA_real_, NA_real_))
    # What is no residue has no properties.
    expect_equal(short$z1_mean[2], short$z1_mean[1])
    none <- clusterFeatures(data.frame(cluster = 1, junction_aa = "C")[0, ])
    expect_identical(dim(none), c(0L, 13L))
})
