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
            about$n_samples == plot$data$n[i] &
                about$size > size_limits[class] &
                about$size <= size_limits[class + 1]
        ))
    }
    expect_equal(plotPublicity(about)$data, plot$data)
    rows <- do.call(rbind, lapply(seq_len(length(x)),
        clusterMembers, x = x))
    public <- publicClusters(rows, subject = c(a = 1, b = 1, c = 2, d = 3))
    expect_equal(plotPublicity(public)$data, plot$data)
    expect_identical(max(plotPublicity(public, "subjects")$data$n), 3L)
    expect_error(plotPublicity(about, "subjects"), "subjects",
        class = "clustcr_error_invalid_argument")
    expect_error(plotPublicity(as.data.frame(x)), "samples",
        class = "clustcr_error_invalid_argument")
    expect_nothing(plotPublicity(about[0, ]), no_cluster)
})

test_that("of many samples bars are classes, and each is seen", {
    skip_without()
    n <- c(rep(1:3, c(5000, 300, 20)), 9, 27, 118, 300)
    plot <- plotPublicity(data.frame(cluster = seq_along(n), size = 2,
        n_samples = n))
    found <- built(plot)
    bars <- found$data[[2]]
    expect_identical(bars$label[bars$y > 0], c("5,000", "300", "20", "1", "1",
        "1", "1"))
    expect_identical(levels(plot$data$class), c(1:5, "6-10", "11-20", "21-50",
        "51-100", "101-200", "201-300") |> as.character())
    expect_equal(tapply(plot$data$clusters, plot$data$n, sum),
        tapply(rep(1, length(n)), n, sum), ignore_attr = TRUE)
    expect_identical(levels(publicity_class(1:12)), as.character(1:12))
    expect_identical(as.character(publicity_class(c(1, 6, 13))), c("1", "6-10",
        "11-13"))
    expect_false(anyNA(publicity_class(1:1500)))
})
