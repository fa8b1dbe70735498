test_that("each measure is drawn by inflation", {
    skip_without()
    grid <- expand.grid(inflation = c(1.2, 2), v_gene = c("none", "gene"),
        distance = "hamming", stringsAsFactors = FALSE)
    x <- cbind(grid, clusters = 1:4, largest = 4:1, retention = 0.5,
        purity = NA_real_, consistency = NA_real_, purity_baseline = NA_real_,
        consistency_baseline = NA_real_)
    plot <- plotSettings(x)
    built(plot)
    expect_identical(levels(plot$data$measure), c("Retention",
        "Largest cluster (receptors)", "Clusters"))
    expect_identical(levels(plot$data$setting), c("V gene: none",
        "V gene: gene"))
    clusters <- plot$data[plot$data$measure == "Clusters", ]
    expect_equal(clusters$value, 1:4)
    x$purity <- 0.9
    x$purity_baseline <- 0.3
    x$distance[2] <- "levenshtein"
    plot <- plotSettings(x)
    built(plot)
    expect_identical(unique(plot$data$baseline[plot$data$measure == "Purity"]),
        0.3)
    expect_match(levels(plot$data$setting)[2], "none, levenshtein")
    expect_nothing(plotSettings(x[0, ]), "no settings were compared")
    withr::local_pdf(NULL)
    expect_s3_class(plot(structure(x, class = c("clustcr_settings",
        "data.frame"))), "ggplot")
    expect_error(plotSettings(1), "`x`",
        class = "clustcr_error_invalid_argument")
    expect_error(plotSettings(x[1:3]), "`clusters`",
        class = "clustcr_error_invalid_argument")
})
