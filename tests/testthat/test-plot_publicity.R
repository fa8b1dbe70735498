test_that("bars count the clusters by samples and size", {
    skip_without()
    x <- small_clusters()
    about <- clusterSummary(x)
    plot <- plotPublicity(x)
    built(plot)
    expect_identical(sum(plot$data$clusters), nrow(about))
    for (i in seq_len(nrow(plot$data))) {
        class <- match(as.character(plot$data$size[i]), size_names)
        expect_identical(plot$data$clusters[i], sum(
            about$samples == plot$data$n[i] &
                about$size > size_limits[class] &
                about$size <= size_limits[class + 1]
        ))
    }
    expect_equal(plotPublicity(about)$data, plot$data)
    rows <- do.call(rbind, lapply(seq_len(length(x)), members, x = x))
    public <- publicClusters(rows, subject = c(a = 1, b = 1, c = 2, d = 3))
    expect_equal(plotPublicity(public)$data, plot$data)
    expect_identical(max(plotPublicity(public, "subjects")$data$n), 3L)
    expect_error(plotPublicity(about, "subjects"), "subjects",
        class = "clustcr_error_invalid_argument")
    expect_error(plotPublicity(as.data.frame(x)), "samples",
        class = "clustcr_error_invalid_argument")
    built(plotPublicity(about[0, ]))
})
