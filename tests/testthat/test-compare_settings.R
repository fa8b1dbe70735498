labelled_rows <- function(n = 400, seed = 8) {
    junction_aa <- random_cdr3(n, seed, 8:9)
    withr::with_seed(seed, data.frame(
        junction_aa = junction_aa,
        v_call = sample(c("TRBV7-9*01", "TRBV7-9*02", "TRBV6-2*01", NA), n,
            TRUE),
        label = sample(c("a", "b", "", NA), n, TRUE)
    ))
}

test_that("each row is what clustering by that setting gives", {
    d <- labelled_rows()
    found <- compareSettings(d, d, inflation = c(1.2, 3), seed = 3,
        distance = c("hamming", "levenshtein"))
    expect_s3_class(found, c("clustcr_settings", "data.frame"), exact = TRUE)
    expect_identical(nrow(found), 8L)
    for (i in seq_len(nrow(found))) {
        row <- found[i, ]
        fitted <- as.data.frame(Clustering(method = "mcl",
            distance = row$distance, v_gene = row$v_gene,
            mcl_params = c(row$inflation, 2))$fit(d))
        size <- table(fitted$cluster)
        expect_identical(row$clusters, length(size))
        expect_identical(row$largest, as.numeric(max(size)))
        expect_equal(row$median_size, stats::median(size))
        at <- match(
            if (row$v_gene == "none") d$junction_aa else
                paste(d$junction_aa, gene_level(d$v_call, "gene")),
            if (row$v_gene == "none") fitted$junction_aa else
                paste(fitted$junction_aa, fitted$v_call)
        )
        # Each CDR3 has one V gene here.
        metrics <- clusterMetrics(
            data.frame(junction_aa = d$junction_aa,
                cluster = fitted$cluster[at]),
            d, seed = 3
        )
        value <- stats::setNames(metrics$value, metrics$metric)
        expect_equal(row$retention, value[["retention"]])
        expect_equal(row$purity, value[["purity"]])
        expect_equal(row$consistency, value[["consistency"]])
        expect_equal(row$purity_baseline, metrics$baseline[2])
    }
    expect_true(all(found$seconds >= 0))
})

test_that("without labels and genes there are sizes and retention", {
    d <- labelled_rows()
    found <- compareSettings(d$junction_aa, inflation = 2)
    expect_identical(found$v_gene, "none")
    fitted <- as.data.frame(Clustering(method = "mcl",
        mcl_params = c(2, 2))$fit(d$junction_aa))
    expect_equal(found$retention, nrow(fitted) / nrow(d))
    expect_true(is.na(found$purity))
    expect_no_match(capture.output(print(found)), "purity|NA")
    pairs <- data.frame(junction_aa_alpha = d$junction_aa[1:100],
        junction_aa_beta = "CASSF")
    pairs$label <- "x"
    found <- compareSettings(pairs, pairs, inflation = 2, chain = "AB")
    expect_identical(found$purity, 1)
})

test_that("a sample has all that are labelled, and depends on the seed", {
    d <- labelled_rows()
    labels <- d[d$label %in% "a", ][1:30, ]
    found <- compareSettings(d, labels, inflation = 2, v_gene = "none",
        sample_size = 60)
    counts <- attr(found, "counts")
    expect_equal(counts, c(rows = 400, sampled = 60, receptors = 60,
        labelled = 30))
    expect_output(print(found), "60 of 400 rows.*30 of them labelled")
    withr::local_seed(1)
    before <- .Random.seed
    again <- compareSettings(d, labels, inflation = 2, v_gene = "none",
        sample_size = 60)
    same <- setdiff(names(found), "seconds")
    expect_identical(again[same], found[same], ignore_attr = TRUE)
    expect_identical(.Random.seed, before)
    rows <- sampled_rows(400, which(d$label %in% "a"), 60, 1)
    expect_true(all(which(d$label %in% "a") %in% rows))
    expect_false(identical(sampled_rows(400, 1:5, 60, 1),
        sampled_rows(400, 1:5, 60, 2)))
})

test_that("wrong values are told before anything is clustered", {
    d <- labelled_rows(20)
    wrong <- function(...) {
        expect_error(compareSettings(d, ...),
            class = "clustcr_error_invalid_argument")
    }
    wrong(inflation = 1)
    wrong(inflation = "2")
    wrong(v_gene = "V")
    wrong(distance = 1)
    wrong(sample_size = 1)
    wrong(labels = "a")
    wrong(labels = d["junction_aa"])
    wrong(max_distance = 9)
    expect_error(compareSettings(d, data.frame(junction_aa = "CCCC",
        label = "a")), "`labels`", class = "clustcr_error_labels")
})
