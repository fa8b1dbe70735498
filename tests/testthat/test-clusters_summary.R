described_rows <- function(seed) {
    withr::with_seed(seed, {
        members <- random_cdr3(120, seed, 8:9)
        own <- sample(1:20, 120, TRUE)
        at <- sample(120, 400, TRUE)
        data.frame(
            cluster = letters[own[at]], junction_aa = members[at],
            v_call = sample(c("TRBV1*01", "TRBV1*02", "TRBV2", NA), 400, TRUE),
            j_call = sample(c("TRBJ1-1", "TRBJ2-1"), 400, TRUE),
            duplicate_count = sample(c(1:5, NA), 400, TRUE),
            repertoire_id = sample(paste("sample", 1:9), 400, TRUE)
        )
    })
}

test_that("the summary is that of looking at each cluster", {
    for (seed in 1:2) {
        d <- described_rows(seed)
        found <- clusterSummary(d, cutoff = 0.6)
        known <- publicClusters(d)
        expect_s3_class(found, c("clustcr_summary", "data.frame"), exact = TRUE)
        columns <- c("cluster", "size", "v_call", "v_purity", "j_call",
            "j_purity", "member")
        expect_identical(as.list(found)[columns], as.list(known)[columns])
        expect_identical(found$n_samples, known$n_samples)
        count <- ifelse(is.na(d$duplicate_count), 1, d$duplicate_count)
        for (i in seq_len(nrow(found))) {
            own <- d$cluster == found$cluster[i]
            members <- unique(d$junction_aa[own])
            lengths <- table(nchar(members))
            expect_identical(found$length[i],
                as.integer(names(which.max(lengths))))
            expect_equal(found$length_share[i], max(lengths) / length(members))
            expect_identical(found$motif[i],
                cluster_motifs(members, rep(1, length(members)), 0.6))
            expect_equal(found$duplicate_count[i], sum(count[own]))
        }
    }
})

test_that("kept clusters and their rows have one summary", {
    x <- cohort_clusters(write_cohort(random_cohort(4, 60, 1)))
    found <- clusterSummary(x)
    expect_gt(nrow(found), 5)
    expect_identical(found$cluster, seq_len(length(x)))
    rows <- do.call(rbind, lapply(seq_len(length(x)),
        clusterMembers, x = x))
    of_rows <- clusterSummary(rows)
    same <- setdiff(names(found), "cluster_id")
    expect_equal(found[same], of_rows[same])
    # By the columns of one table, too.
    table <- as.data.frame(x, columns = c("duplicate_count", "sample_counts",
        "cluster_id"))
    expect_equal(clusterSummary(table), found)
    text <- vapply(table, is.character, NA)
    table[text] <- lapply(table[text], factor)
    expect_equal(clusterSummary(table), found)
})

test_that("in memory, pairs, no rows and unknown columns have a summary", {
    fitted <- Clustering(method = "mcl")$fit(
        c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASRRGTEAFF")
    )
    found <- clusterSummary(fitted)
    expect_identical(found$motif, "CASS[LP]GQAYEQYF")
    expect_identical(found$size, 2L)
    expect_true(is.na(found$v_call))

    pairs <- data.frame(
        cluster = "k", junction_aa_alpha = c("CAVF", "CAVF", "CATFF"),
        junction_aa_beta = c("CASSF", "CATSF", "CATSF"),
        v_call_alpha = "TRAV1*01", v_call_beta = c("TRBV2*01", "TRBV2*02", NA)
    )
    found <- clusterSummary(pairs)
    expect_identical(found$motif, "CAVF:CAtSF")
    expect_identical(found$length, 9L)
    expect_equal(found$length_share, 2 / 3)
    expect_identical(found$v_call, "TRAV1:TRBV2")
    expect_identical(found$member, "CATFF:CATSF")

    none <- clusterSummary(pairs[0, ])
    expect_identical(dim(none), c(0L, 12L))
    expect_output(print(none), "cluster")
    expect_error(clusterSummary(1:3), "`x`",
        class = "clustcr_error_invalid_argument")
    expect_error(clusterSummary(pairs, 0.2), "`cutoff`",
        class = "clustcr_error_invalid_argument")
})

test_that("the largest are printed, and what says nothing is not", {
    withr::local_options(width = 200)
    d <- described_rows(1)
    shown <- capture.output(print(clusterSummary(d), n = 3))
    expect_length(shown, 5)
    expect_match(shown[1], "3 largest of 20 clusters")
    d$j_call <- "TRBJ1-1"
    d$duplicate_count <- NULL
    shown <- capture.output(print(clusterSummary(d)))
    expect_no_match(shown, "j_purity|duplicate_count")
    expect_match(shown[2], "j_call")
    expect_output(print(clusterSummary(d)[1:2, "motif", drop = FALSE]), "motif")
})

test_that("a summary prints where some clusters have no genes", {
    x <- clusterSummary(data.frame(cluster = c(1, 1, 2, 2), junction_aa = c(
        "CASSF", "CATSF", "CAGGF", "CAGTF"), v_call = c("TRBV9", "TRBV9", "",
        "")))
    expect_output(print(x), "TRBV9")
})
