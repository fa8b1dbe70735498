test_that("outliers are named", {
    skip_without()
    x <- data.frame(junction_aa = paste0("CASS", LETTERS[1:6], "F"),
        n_samples = c(1, 2, 30, 4, 1, 9), expected = c(1, 2, 1.1, 3.5,
            1, 0), p_value = c(1, 0.9, 1e-30, 0.3, 1, 1e-4),
        q_value = c(1, 1, 1e-29, 0.6, 1, 3e-4))
    plot <- plotExpected(x)
    built(plot)
    expect_identical(sum(plot$data$passes), 2L)
    expect_identical(levels(plot$data$kind)[1], "more than expected")
    named <- Filter(nrow, lapply(plot$layers, function(layer) {
        if (is.data.frame(layer$data) && "label" %in% names(layer$data))
            layer$data else data.frame()
    }))
    expect_identical(named[[1]]$label, c("CASSCF", "CASSFF"))
    expect_nothing(plotExpected(x[0, ]), "nothing has an expectation")
    names(x)[2] <- "neighbors"
    expect_identical(plotExpected(x)$labels$y, "Neighbors")
    expect_error(plotExpected(x[1:2]), "^`x` must have the columns",
        class = "clustcr_error_invalid_argument")
    expect_error(plotExpected(1), "^`x` must be a result",
        class = "clustcr_error_invalid_argument")
})
