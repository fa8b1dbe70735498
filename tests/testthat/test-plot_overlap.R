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
