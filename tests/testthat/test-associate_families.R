hit_clusters <- function() {
    data.frame(
        cluster = rep(1:5, c(3, 2, 2, 2, 2)),
        junction_aa = c("CASSLAPGATNEKLFF", "CASSLAPGATNEQLFF",
            "CASSLAPGATNERLFF", "CASSLAPGATQEKLFF", "CASSLAPGATHEKLFF",
            "CSVEGTDTQYF", "CSVEGSDTQYF", "CASSPTGGYEQYF", "CASSPTGAYEQYF",
            "CSVEGTDTQYF", "CSVEATDTQYF")
    )
}

test_that("neighbors and shared members make a family", {
    x <- hit_clusters()
    result <- data.frame(cluster = 1:5, p_value = c(1e-8, 1e-5, 1e-6, 0.5,
        1e-9), q_value = c(1e-7, 1e-4, 1e-5, 0.9, 1e-8), n_samples = 5:1)
    found <- suppressMessages(clusterFamilies(result, x))
    # 1 and 2 differ at one residue; 3 and 5 share a receptor; 4 is no hit.
    expect_identical(found$clusters, c("5, 3", "1, 2"))
    expect_identical(found$n_clusters, c(2L, 2L))
    expect_identical(found$size, c(3L, 5L))
    expect_identical(found$lead, c(5L, 1L))
    expect_identical(found$p_value, c(1e-9, 1e-8))
    expect_identical(found$motif[2], clusterSummary(data.frame(cluster = 1,
        junction_aa = x$junction_aa[1:5]))$motif)
    none <- suppressMessages(clusterFamilies(result, x, alpha = 1e-12))
    expect_identical(nrow(none), 0L)
    all <- suppressMessages(clusterFamilies(result, x, alpha = 1))
    expect_identical(sum(all$n_clusters), 5L)
    result$phenotype <- c("a", "b", "a", "a", "a")
    expect_identical(suppressMessages(clusterFamilies(result, x))$phenotypes,
        c("a", "a, b"))
})

test_that("families are those of a search by hand", {
    x <- data.frame(cluster = 1:60, junction_aa = withr::with_seed(1,
        replicate(60, paste0("CA", paste(sample(c("S", "T", "G"), 4, TRUE),
            collapse = ""), "F"))))
    result <- data.frame(cluster = 1:60, p_value = (1:60) / 1e6,
        q_value = 0.01)
    found <- suppressMessages(clusterFamilies(result, x, distance = "hamming"))
    near <- utils::adist(x$junction_aa) <= 1
    group <- seq_len(60)
    for (i in 1:60) group <- apply(near, 1, function(n) min(group[n]))
    expect_identical(nrow(found), length(unique(group)))
    expect_identical(sort(found$n_clusters),
        sort(as.vector(table(group))))
})

test_that("what has no families is an error", {
    x <- hit_clusters()
    refused <- function(pattern, result, ...) {
        expect_error(suppressMessages(clusterFamilies(result, x, ...)),
            pattern, class = "clustcr_error")
    }
    refused("associateClusters", 1)
    refused("q_value", data.frame(cluster = 1, p_value = 1))
    refused("not in it", data.frame(cluster = 9, p_value = 0, q_value = 0))
    refused("alpha", data.frame(cluster = 1, p_value = 0, q_value = 0),
        alpha = 2)
})
