test_that("sizes are those of the clusters, in any form", {
    skip_without()
    x <- small_clusters()
    sizes <- table(table(as.data.frame(x)$cluster))
    plot <- plotClusterSizes(x)
    built(plot)
    expect_equal(plot$data$size, as.numeric(names(sizes)))
    expect_equal(plot$data$clusters, as.vector(sizes))
    for (other in list(as.data.frame(x), clusterSummary(x),
        publicClusters(as.data.frame(x)), data.frame(size = clusterSummary(
            x)$size))) {
        expect_equal(plotClusterSizes(other)$data, plot$data)
    }
    both <- plotClusterSizes(list(a = x, `b c` = data.frame(size = c(2, 5))))
    built(both)
    expect_identical(levels(both$data$group), c("a", "b c"))
    expect_error(plotClusterSizes(list(x, x)), "name",
        class = "clustcr_error_invalid_argument")
    expect_error(plotClusterSizes(1), "`x`",
        class = "clustcr_error_invalid_argument")
    expect_error(plotClusterSizes(data.frame(size = NA)), "`size`",
        class = "clustcr_error_invalid_argument")
    without_package("ggplot2")
    expect_error(plotClusterSizes(x), "ggplot2",
        class = "clustcr_error_missing_package")
})

test_that("plot() draws them, and no clusters are no error", {
    skip_without()
    withr::local_pdf(NULL)
    x <- small_clusters()
    for (part in list(x, clusterSummary(x), clusterAudit(x))) {
        expect_s3_class(plot(part), "ggplot")
    }
    fitted <- Clustering(method = "mcl")$fit(c("CASSF", "CATSF", "CFF"))
    expect_identical(plot(fitted)$data$size, 2)
    none <- as.data.frame(fitted)[0, ]
    expect_nothing(plotClusterSizes(none), no_cluster)
    expect_nothing(plotClusterSizes(list(a = none, b = none)), no_cluster)
    built(plotClusterSizes(list(a = none, b = x)))
})

test_that("numbers of axes do not depend on options", {
    withr::local_options(OutDec = ",", scipen = -5)
    expect_identical(axis_numbers(c(0.5, NA, 100000)), c("0.5", "", "100,000"))
    expect_identical(axis_percent(c(0.125, NA)), c("12.5 %", ""))
    expect_identical(percent_text(c(0, 0.001, 0.5)), c("0 %", "< 1 %", "50 %"))
    expect_identical(log_breaks(c(2, 30)), c(1, 2, 5, 10, 20))
})

test_that("at most seven groups have a colour", {
    groups <- as_groups(rep(letters[1:10], 10:1))
    expect_identical(levels(groups), c(letters[1:7], "others"))
    expect_identical(sum(groups == "others"), 6L)
    expect_length(unique(group_colours(groups)), 8)
    groups <- as_groups(factor(c("b", NA, "a", "several"), c("b", "a",
        "several", "none")))
    expect_identical(levels(groups), c("b", "a", "several", "unknown"))
})
