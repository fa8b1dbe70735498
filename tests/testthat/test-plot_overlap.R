test_that("samples that are alike stand together", {
    skip_without()
    x <- matrix(0.1, 6, 6, dimnames = list(letters[1:6], letters[1:6]))
    x[c(1, 3, 5), c(1, 3, 5)] <- 0.8
    x[c(2, 4, 6), c(2, 4, 6)] <- 0.6
    diag(x) <- 1
    attr(x, "index") <- "jaccard"
    sheet <- data.frame(sample = letters[6:1], group = rep(1:2, 3))
    plot <- plotOverlap(x, "group", sheet)
    built(plot)
    places <- unique(plot$data[c("other", "x")])
    first <- places$x[places$other %in% c("a", "c", "e")]
    expect_identical(diff(range(first)), 2L)
    expect_true(all(is.na(plot$data$value[plot$data$row == plot$data$column])))
    expect_equal(plot$data$value[plot$data$sample == "a" &
        plot$data$other == "c"], 0.8)
    asis <- plotOverlap(x, cluster = FALSE)
    built(asis)
    expect_identical(asis$data$x, asis$data$column)
    built(plotOverlap(x[1:2, 1:2]))
    built(plotOverlap(0 * x))
    expect_error(plotOverlap(x[1:2, ]), "`x`",
        class = "clustcr_error_invalid_argument")
})

test_that("bars have names and colors of their own, also if there are many", {
    skip_without()
    m <- withr::with_seed(1, matrix(stats::rbinom(2400, 1, 0.2), 40,
        dimnames = list(1:40, paste0("s", 1:60))))
    sheet <- data.frame(sample = colnames(m),
        site = rep(sprintf("Site %02d", 1:12), 5),
        status = rep(c("ill", "healthy", NA), 20))
    for (plot in list(
        plotOverlap(repertoireOverlap(m), c("site", "status"), sheet),
        plotOverlap(repertoireOverlap(m[, 1:24]), c("site", "status"),
            sheet[1:24, ]),
        plotClusterMatrix(m, phenotype = c("site", "status"), samples = sheet)
    )) {
        found <- built(plot)
        bars <- found$data[[2]]
        said <- unique(data.frame(colour = bars$colour, group =
            plot$layers[[2]]$data$group))
        expect_identical(nrow(said), 15L)
        expect_identical(anyDuplicated(said$colour), 0L)
        axis <- found$layout$panel_params[[1]]$y
        places <- sort(unique(bars$y))
        expect_identical(axis$get_labels()[match(places, axis$breaks)],
            c("site", "status"))
        # Half an inch of 60 rows is more than a bar; one lay on the other.
        expect_gte(diff(places), 0.05 * max(plot$data$y))
    }
    many <- many_colours(60)
    expect_identical(anyDuplicated(many), 0L)
    expect_identical(many[1:7], group_palette)
})
