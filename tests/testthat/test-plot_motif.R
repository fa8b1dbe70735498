test_that("a logo has the members' residues, size and genes", {
    skip_without("ggseqlogo")
    d <- data.frame(
        cluster = c("b", "b", "b", "b", "a"),
        junction_aa = c("CASF", "CATF", "CASF", "CASSF", "CGF"),
        v_call = c("TRBV9*01", "TRBV9*02", "TRBV2", "", NA),
        repertoire_id = c("x", "x", "y", "x", "y")
    )
    plot <- plotMotif(d)
    found <- built(plot)
    expect_identical(levels(plot$data$seq_group), c(
        paste0("Cluster b: 2 of 3 CDR3s, 2 samples\n",
            "V: TRBV9 67 %, TRBV2 33 %"),
        "Cluster a: 1 CDR3, 1 sample"
    ))
    # Letters of a position are as high as the share of members.
    b <- plot$data[plot$data$seq_group == levels(plot$data$seq_group)[1], ]
    height <- tapply(b$y, list(b$position, b$letter),
        function(y) diff(range(y)))
    expect_equal(height["3", c("S", "T")], c(S = 0.5, T = 0.5),
        tolerance = 0.1)
    expect_identical(plot$labels$y, "Share of the members")
    expect_identical(plot$labels$x, "Position in the CDR3")
    expect_length(unique(found$data[[1]]$PANEL), 2)
    expect_identical(levels(plotMotif(d, "a")$data$seq_group),
        "Cluster a: 1 CDR3, 1 sample")
})

test_that("kept clusters and pairs have logos", {
    skip_without("ggseqlogo")
    x <- small_clusters(v_gene = "none")
    large <- which(clusterSummary(x)$size > 3)[2:1]
    plot <- plotMotif(x, large, scale = "bits", ncol = 1)
    built(plot)
    expect_match(levels(plot$data$seq_group), "^Cluster [0-9]+: .* samples?$",
        all = TRUE)
    expect_lte(max(plot$data$y), log2(20))
    pairs <- data.frame(cluster = 1, junction_aa_alpha = c("CAVF", "CAVFF"),
        junction_aa_beta = c("CASSF", "CATSF"), v_call_alpha = "TRAV1*01",
        v_call_beta = "TRBV2*01")
    expect_identical(levels(plotMotif(pairs)$data$seq_group), c(
        "Cluster 1 alpha: 1 of 2 pairs\nV: TRAV1 100 %",
        "Cluster 1 beta: 2 pairs\nV: TRBV2 100 %"
    ))
})

test_that("what can't be drawn is told", {
    skip_without("ggseqlogo")
    d <- data.frame(cluster = 1, junction_aa = "CASF")
    expect_nothing(plotMotif(d[0, ]), no_cluster)
    expect_error(plotMotif(d, 2), "`cluster`",
        class = "clustcr_error_invalid_argument")
    expect_error(plotMotif(d, scale = "bits"), "1 CDR3",
        class = "clustcr_error_invalid_argument")
    expect_error(plotMotif(d, scale = "height"), "`scale`",
        class = "clustcr_error_invalid_argument")
    without_package("ggseqlogo")
    expect_error(plotMotif(d), "ggseqlogo",
        class = "clustcr_error_missing_package")
})
